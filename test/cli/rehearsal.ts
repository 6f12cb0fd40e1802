import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  type Behaviour,
  type Intercept,
  type Sandbox,
  type SandboxProfile,
  type SandboxUser,
  startSandbox,
} from "../../sandbox/index.js";
import { clientOf } from "./bucket.js";
import { type Ran, type Running, runCli, startCli } from "./run-cli.js";

/** A sandbox, a client of its own beside the command line, and a folder that run folders go to. */
export interface Rehearsal {
  readonly sandbox: Sandbox;
  readonly client: S3Client;
  readonly folder: string;
  /** What names the sandbox on the command line. */
  readonly place: readonly string[];
  cli(...args: readonly string[]): Promise<Ran>;
  start(...args: readonly string[]): Running;
  as(user: SandboxUser, ...args: readonly string[]): Promise<Ran>;
  /** How often the store was asked to change something since `sandbox.resetCalls()`. */
  writes(): number;
  close(): Promise<void>;
}

export interface RehearsalOptions {
  /** @default ovh */
  readonly profile?: SandboxProfile;
  /** Single switches, over those of the profile. */
  readonly behaviour?: Partial<Behaviour>;
  readonly users?: readonly SandboxUser[];
  readonly intercept?: Intercept;
  /** @default the time of this machine */
  readonly clock?: () => Date;
}

export async function openRehearsal({
  profile = "ovh",
  behaviour = {},
  users,
  intercept,
  clock,
}: RehearsalOptions = {}): Promise<Rehearsal> {
  const sandbox = await startSandbox({
    profile,
    behaviour,
    ...(users === undefined ? {} : { credentials: users }),
    ...(intercept === undefined ? {} : { intercept }),
    ...(clock === undefined ? {} : { clock }),
  });
  const client = clientOf(sandbox);
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-cli-"));
  const of = (user: SandboxUser) => ({ folder, env: environmentOf(user) });
  return {
    sandbox,
    client,
    folder,
    place: ["--provider", "ovhcloud", "--region", sandbox.region, "--endpoint", sandbox.endpoint],
    cli: (...args) => runCli(args, of(sandbox.credentials)),
    start: (...args) => startCli(args, of(sandbox.credentials)),
    as: (user, ...args) => runCli(args, of(user)),
    writes: () => Object.entries(sandbox.calls).reduce((sum, [name, calls]) => sum + (isWrite(name) ? calls : 0), 0),
    close: async () => {
      client.destroy();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function environmentOf({ accessKeyId, secretAccessKey }: Pick<SandboxUser, "accessKeyId" | "secretAccessKey">) {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

function isWrite(operation: string): boolean {
  return !/^(Get|Head|List)/.test(operation);
}
