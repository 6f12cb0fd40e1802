import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The full path of a program on the PATH, or undefined if it is not installed. */
export function findExecutable(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface MotoServer {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  close(): Promise<void>;
}

export const MOTO_MISSING = "moto_server is not on the PATH (pip install 'moto[server]')";
const START_TIMEOUT_MS = 240_000;

/** Starts a moto_server of its own on a free port; undefined if none is installed. */
export async function startMoto(): Promise<MotoServer | undefined> {
  const program = findExecutable("moto_server");
  if (program === undefined) {
    return undefined;
  }
  const child = spawn(program, ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const endpoint = await announcedEndpoint(child);
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    close: () => stop(child),
  };
}

/** Why there can be none; undefined if there can. */
export function motoMissing(): string | undefined {
  return findExecutable("moto_server") === undefined ? MOTO_MISSING : undefined;
}

/** One that has to be there. */
export async function needMoto(): Promise<MotoServer> {
  const moto = await startMoto();
  if (moto === undefined) throw new Error(MOTO_MISSING);
  return moto;
}

function announcedEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => fail("said no address in time"), START_TIMEOUT_MS);
    const fail = (what: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`moto_server ${what}: ${output}`));
    };
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4096);
      const found = /Running on (http:\/\/[\d.]+:\d+)/.exec(output)?.[1];
      if (found !== undefined) {
        clearTimeout(timer);
        resolve(found);
      }
    };
    // Both pipes are read for as long as it runs: a full pipe would stop the server.
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with code ${code}`));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
