import { type ChildProcess, fork, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import type { Summary } from "../../migrate/index.js";
import type { RunRecord, SessionRequests } from "../../migrate/journal/run-record.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HOST = fileURLToPath(new URL("cli-host.js", import.meta.url));
/** The host writes this on both streams after a command. */
const END = "\0";
/** A command that hangs must not keep those of other tests waiting. */
const MOST_MS = 600_000;

export interface Ran {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ran>;
  /** Resolves once stdout or stderr contains the text; rejects if the process ended without it. */
  said(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Ends the reading of stdout, as `| head -1` does. */
  stopReading(): void;
}

interface CliOptions {
  /** A folder that holds dist/. @default this repository */
  readonly root?: string;
  /** A folder of the test's own: HOME, and the parent of run folders by default. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input; empty by default. */
  readonly stdin?: string;
}

/** Starts the built command line as a person would who has set nothing but these variables. */
export function startCli(args: readonly string[], options: CliOptions): Running {
  const { folder, stdin, root = ROOT } = options;
  const main = join(root, "dist", "cli", "main.js");
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: variablesOf(options), stdio: "pipe" });
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
    pid: child.pid ?? -1,
    ended,
    said: (text) => saidBy(child, output, text),
    kill: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
  };
}

/**
 * Runs the built command line to its end, one after the other in a process that ran others before: see cli-host.js. What is
 * piped into it, and what sets up Node itself, takes a process of its own; so does what runs beside another: startCli.
 */
export function runCli(args: readonly string[], options: Omit<CliOptions, "root">): Promise<Ran> {
  const { folder, env, stdin } = options;
  const isOfNode = Object.keys(env ?? {}).some((name) => name.startsWith("NODE_"));
  if (stdin !== undefined || isOfNode) return startCli(args, options).ended;
  const ran = last.then(() => runInHost({ args, folder, variables: variablesOf(options) }));
  last = ran.catch(() => undefined);
  return ran;
}

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

async function runInHost(command: object): Promise<Ran> {
  host ??= startHost();
  const child = host;
  const code = codeOf(child);
  const outputs = [child.stdout, child.stderr].map((stream) => readToEnd(stream as Readable));
  child.send(command);
  const timer = setTimeout(() => child.kill("SIGKILL"), MOST_MS);
  const [stdout = "", stderr = ""] = await Promise.all(outputs);
  clearTimeout(timer);
  return { code: await code, stdout, stderr };
}

/** By what the host says of the command, or by what it ended with itself. */
function codeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    const end = (code: number | null) => {
      child.off("message", told).off("exit", died);
      resolve(code);
    };
    const told = (message: unknown) => end((message as { readonly code: number }).code);
    const died = (code: number | null) => {
      host = undefined;
      end(code);
    };
    child.on("message", told).on("exit", died);
  });
}

/** It ends with the process that started it, and keeps that one from ending in nothing. */
function startHost(): ChildProcess {
  const child = fork(HOST, { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [], env: { PATH: process.env.PATH } });
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as unknown as Socket).unref();
  return child;
}

/** The output of a command: until the mark of its end, or until the process has ended. */
function readToEnd(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    const decoder = new TextDecoder();
    let text = "";
    const end = () => {
      stream.off("data", read).off("close", end);
      resolve(text);
    };
    const read = (chunk: Buffer) => {
      text += decoder.decode(chunk, { stream: true });
      if (!text.endsWith(END)) return;
      text = text.slice(0, -END.length);
      end();
    };
    stream.on("data", read).on("close", end);
  });
}

function variablesOf({ folder, env }: Pick<CliOptions, "folder" | "env">): Record<string, string | undefined> {
  return { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: "true", ...env };
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

/** Every file below a run folder, by its path in it. */
export async function filesOf(runDir: string): Promise<string[]> {
  const entries = await readdir(runDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(runDir.length + 1))
    .sort();
}

export async function summaryOf(runDir: string): Promise<Summary> {
  return JSON.parse(await readFile(join(runDir, "summary.json"), "utf8")) as Summary;
}

/** The requests of all sessions, as run.json has them. */
export async function requestsOf(runDir: string): Promise<SessionRequests> {
  const { sessions } = JSON.parse(await readFile(join(runDir, "run.json"), "utf8")) as RunRecord;
  const sent: Record<string, number> = {};
  for (const [name, times] of sessions.flatMap(({ requests }) => Object.entries(requests?.sent ?? {}))) {
    sent[name] = (sent[name] ?? 0) + times;
  }
  return { complete: sessions.every(({ requests }) => requests?.complete === true), sent };
}

/** The keys of report.csv, in its order. */
export async function csvKeys(runDir: string): Promise<string[]> {
  const rows = parse<Record<string, string>>(await readFile(join(runDir, "report.csv"), "utf8"), {
    columns: true,
    bom: true,
  });
  return rows.map(({ key = "" }) => key);
}
