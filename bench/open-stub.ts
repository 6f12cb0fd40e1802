import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { DEFAULT_CREDENTIALS } from "../sandbox/index.js";
import type { StubCounts, StubOptions } from "./stub/answer-request.js";

const STUB = fileURLToPath(new URL("stub-server.ts", import.meta.url));

/** As of a person who has set nothing but these: a CA bundle or a proxy of this machine changes what a client does. */
export function environmentOf(folder: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    AWS_ACCESS_KEY_ID: DEFAULT_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DEFAULT_CREDENTIALS.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** A stub store in a process of its own. */
export interface OpenStub {
  readonly endpoint: string;
  ask(what: "counts" | "reset"): Promise<StubCounts>;
  close(): void;
}

export async function openStub({ keys, layout, latencyMs, ceiling, acls }: StubOptions): Promise<OpenStub> {
  const options = { keys, layout, latency: latencyMs, ceiling, acls };
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  const child = spawn(process.execPath, ["--import", "tsx", STUB, ...args], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const endpoint = line.toString().trim();
  return {
    endpoint,
    ask: async (what) => (await (await fetch(`${endpoint}/-/${what}`)).json()) as StubCounts,
    close: () => void child.kill(),
  };
}
