import { createHash } from "node:crypto";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { inParallel } from "../buckets/in-parallel.js";

export type Put = Omit<PutObjectCommandInput, "Bucket">;

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

/** Key by key what HEAD says: "AES256", "none", or "SSE-C" where it cannot be read. */
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

/** Whatever a write would change. */
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
