import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Ran {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** Resolves once stdout or stderr holds the text; rejects where it ended without. */
  said(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Ends the reading of stdout, as `| head -1` does. */
  stopReading(): void;
}

export interface CliOptions {
  /** A folder of the test's own: HOME, and where run folders go by default. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped into it; nothing where it is left out. */
  readonly stdin?: string;
}

/** Starts the built command line as a person would who has set nothing but these variables. */
export function startCli(args: readonly string[], { folder, env, stdin }: CliOptions): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: "true", ...env },
    stdio: "pipe",
  });
  child.stdin.end(stdin);
  const output = { stdout: "", stderr: "" };
  const stdout = new TextDecoder();
  const stderr = new TextDecoder();
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += stdout.decode(chunk, { stream: true })));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += stderr.decode(chunk, { stream: true })));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
  return {
    ended,
    said: (text) => saidBy(child, output, text),
    kill: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
  };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<Ran> {
  return startCli(args, options).ended;
}

function saidBy(child: ChildProcess, output: Omit<Ran, "code">, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (`${output.stdout}${output.stderr}`.includes(text)) resolve();
    };
    look();
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.on("close", () => reject(new Error(`it ended without saying "${text}": ${JSON.stringify(output)}`)));
  });
}
