import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

export const HAS_REDIS = spawnSync("redis-server", ["--version"]).status === 0;
/** The part of a test's title that says that it needs one. */
export const REDIS_OR_WHY = HAS_REDIS ? "" : " (skipped: no redis-server on the PATH)";

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly client: Redis;
  /** Kills it as a power cut would, and resolves once it is gone. */
  kill(): Promise<void>;
  /** Starts it again, with what its append-only file holds. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Redis with an append-only file, on a free port and in a folder of its own; with `--tls-ca-cert-file`, by TLS alone. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-redis-"));
  const port = await freePort();
  const settingOf = (name: string) => (settings.includes(name) ? settings[settings.indexOf(name) + 1] : undefined);
  const ca = settingOf("--tls-ca-cert-file");
  const ports = ca === undefined ? ["--port", String(port)] : ["--port", "0", "--tls-port", String(port)];
  const place = [...ports, "--bind", "127.0.0.1", "--dir", folder];
  const args = [...place, "--save", "", "--appendonly", "yes", ...settings];
  let child = await started(args, port);
  const password = settingOf("--requirepass");
  const secret = password === undefined ? {} : { password };
  const tls = ca === undefined ? {} : { tls: { ca: readFileSync(ca) } };
  const client = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: null, ...secret, ...tls });
  client.on("error", () => undefined);
  const kill = async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  };
  return {
    url: `${ca === undefined ? "redis" : "rediss"}://127.0.0.1:${port}`,
    port,
    client,
    kill,
    restart: async () => {
      child = await started(args, port);
    },
    close: async () => {
      client.disconnect();
      if (child.exitCode === null && child.signalCode === null) await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function started(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (text: Buffer) => {
      said += text.toString();
      if (said.includes("Ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error(`redis-server did not start on port ${port}: ${said}`)));
  });
  return child;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
