import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  type Behaviour,
  type Intercept,
  type Sandbox,
  type SandboxProfile,
  type SandboxUser,
  startSandbox,
} from "../../sandbox/index.js";
import { inParallel } from "../buckets/async-items.js";
import { type Ran, type Running, runCli, startCli } from "./run-cli.js";

/** A sandbox, a client of its own beside the command line, and a folder that run folders go to. */
export interface Rehearsal {
  readonly sandbox: Sandbox;
  readonly client: S3Client;
  readonly folder: string;
  /** The options that name the sandbox on the command line. */
  readonly place: readonly string[];
  cli(...args: readonly string[]): Promise<Ran>;
  start(...args: readonly string[]): Running;
  as(user: SandboxUser, ...args: readonly string[]): Promise<Ran>;
  /** How often the store was asked to change something since `sandbox.resetCalls()`. */
  writes(): number;
  close(): Promise<void>;
}

interface RehearsalOptions {
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
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

export function environmentOf({ accessKeyId, secretAccessKey }: Pick<SandboxUser, "accessKeyId" | "secretAccessKey">) {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** What stderr holds after the line that names the store. */
export function afterStore(stderr: string): string {
  if (!/^store: [^\n]+, endpoint [^\n]+, (access key [^\n]+|without credentials)\n/.test(stderr))
    throw new Error(`no store in "${stderr}"`);
  return stderr.slice(stderr.indexOf("\n") + 1);
}

function isWrite(operation: string): boolean {
  return !/^(Get|Head|List)/.test(operation);
}

type Put = Omit<PutObjectCommandInput, "Bucket">;

interface Store {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function clientOf({ endpoint, region, credentials }: Store): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
}

export async function createBucket(client: S3Client, Bucket: string, objects: Iterable<Put> = []): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket }));
  await inParallel(objects, async (input) => {
    await client.send(new PutObjectCommand({ Bucket, ...input }));
  });
}

/** Objects in plaintext, each with a body of its own. */
export function* plain(count: number, prefix = "plain/"): Generator<Put> {
  for (let index = 0; index < count; index += 1) {
    yield { Key: `${prefix}${String(index).padStart(4, "0")}`, Body: `plaintext ${prefix}${index}` };
  }
}

export function* sealed(count: number, prefix = "sealed/"): Generator<Put> {
  for (const input of plain(count, prefix)) yield { ...input, ServerSideEncryption: "AES256" };
}

/** Under a customer key that the command line does not have. */
export function* vaulted(count: number, prefix = "vault/"): Generator<Put> {
  const key = Buffer.alloc(32, 7);
  const headers = {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  };
  for (const input of plain(count, prefix)) yield { ...input, ...headers };
}

/** The encryption of each key, according to HEAD: "AES256", "none", or "SSE-C" if it cannot be read. */
export async function encryptionOf(client: S3Client, Bucket: string): Promise<Record<string, string>> {
  const states: Record<string, string> = {};
  await inParallel(await listing(client, Bucket), async ({ key }) => {
    states[key] = await client.send(new HeadObjectCommand({ Bucket, Key: key })).then(
      ({ ServerSideEncryption }) => ServerSideEncryption ?? "none",
      () => "SSE-C",
    );
  });
  return states;
}

/** Keys in plaintext, in order. */
export async function plaintextOf(client: S3Client, bucket: string): Promise<string[]> {
  const states = Object.entries(await encryptionOf(client, bucket));
  return states
    .filter(([, state]) => state === "none")
    .map(([key]) => key)
    .sort();
}

/** Everything that a write would change. */
export async function listing(client: S3Client, Bucket: string) {
  const found: { key: string; etag: string | undefined; size: number | undefined; modified: string | undefined }[] = [];
  let StartAfter: string | undefined;
  for (;;) {
    const page = await client.send(new ListObjectsV2Command({ Bucket, StartAfter }));
    for (const { Key = "", ETag, Size, LastModified } of page.Contents ?? []) {
      found.push({ key: Key, etag: ETag, size: Size, modified: LastModified?.toISOString() });
    }
    if (!page.IsTruncated) return found;
    StartAfter = found.at(-1)?.key;
  }
}
