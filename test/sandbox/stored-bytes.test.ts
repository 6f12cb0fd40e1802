import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../sandbox/index.js";
import { compareKeys, KeyIndex } from "../../sandbox/storage/key-index.js";
import { openChunks, sealChunks, sealedBytes } from "../../sandbox/storage/seal.js";
import { clientOf, put, start, stateOf } from "./client.js";

const SECRET = "the-words-that-nobody-may-read";

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-sandbox-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

async function filesHolding(folder: string, text: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const bodies = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
  return bodies.filter((body) => body.includes(text)).length;
}

const selfCopy = (Key: string) =>
  new CopyObjectCommand({ Bucket: "bucket", Key, CopySource: `bucket/${Key}`, ServerSideEncryption: "AES256" });

test("the data folder holds plaintext before a copy with SSE-S3, and none after it", async () => {
  const dataDir = await newFolder();
  const { s3 } = await start({ dataDir });
  await put(s3, "k", SECRET);
  expect(await filesHolding(dataDir, SECRET)).toBe(1);
  await s3.send(selfCopy("k"));
  expect(await filesHolding(dataDir, SECRET)).toBe(0);
  const got = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
  expect(await got.Body?.transformToString()).toBe(SECRET);
});

test("the liar profile accepts a copy, and leaves the plaintext in place", async () => {
  const dataDir = await newFolder();
  const { s3 } = await start({ dataDir, profile: "liar" });
  await put(s3, "k", SECRET);
  await s3.send(selfCopy("k"));
  expect(await filesHolding(dataDir, SECRET)).toBe(1);
  expect(await stateOf(s3, "k")).toBeUndefined();
});

test("neither SSE-S3 nor SSE-C objects are stored in plaintext", async () => {
  const dataDir = await newFolder();
  const { s3 } = await start({ dataDir });
  const customer = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32, 7).toString("base64") };
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "c", Body: SECRET, ...customer }));
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "s", Body: SECRET, ServerSideEncryption: "AES256" }));
  expect(await filesHolding(dataDir, SECRET)).toBe(0);
  expect(await filesHolding(dataDir, customer.SSECustomerKey)).toBe(0);
});

test("deleted and refused objects leave no bytes", async () => {
  const dataDir = await newFolder();
  const { s3 } = await start({ dataDir });
  await put(s3, "k", SECRET);
  await s3.send(new DeleteObjectCommand({ Bucket: "bucket", Key: "k" }));
  const refused = new PutObjectCommand({
    Bucket: "bucket",
    Key: "r",
    Body: SECRET,
    ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==",
  });
  await expect(s3.send(refused)).rejects.toThrow();
  expect(await filesHolding(dataDir, SECRET)).toBe(0);
});

test("an object that is overwritten during a read is read to its end unchanged", async () => {
  const dataDir = await newFolder();
  const { s3 } = await start({ dataDir });
  const before = "before".repeat(2_000_000);
  await put(s3, "k", before);
  const got = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
  await put(s3, "k", "after");
  expect((await got.Body?.transformToString()) === before).toBe(true);
  const again = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
  expect(await again.Body?.transformToString()).toBe("after");
  expect(await filesHolding(dataDir, "before")).toBe(0);
});

test("buckets, objects and uploads survive a restart, and orphaned bytes do not", async () => {
  const dataDir = await newFolder();
  const first = await startSandbox({ dataDir, profile: "reference" });
  const s3 = clientOf(first, first.credentials);
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await put(s3, "plain", "one");
  await put(s3, "gone", "two");
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "sse", Body: SECRET, ServerSideEncryption: "AES256" }));
  await s3.send(new DeleteObjectCommand({ Bucket: "bucket", Key: "gone" }));
  const upload = { Bucket: "bucket", Key: "big" };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  await first.close();
  const orphan = join(dataDir, "blobs", "cut-off-upload");
  await writeFile(orphan, SECRET);

  const second = await startSandbox({ dataDir, profile: "reference" });
  onTestFinished(() => second.close());
  const again = clientOf(second, second.credentials);
  const got = await again.send(new GetObjectCommand({ Bucket: "bucket", Key: "sse" }));
  expect([await got.Body?.transformToString(), got.ServerSideEncryption]).toEqual([SECRET, "AES256"]);
  expect(await stateOf(again, "plain")).toBeUndefined();
  await expect(stateOf(again, "gone")).rejects.toThrow();
  await again.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "part" }));
  expect(await filesHolding(dataDir, SECRET)).toBe(0);
});

const key = fc.string({ unit: "binary", maxLength: 8 });

test("compareKeys orders keys by their UTF-8 bytes", () => {
  fc.assert(
    fc.property(key, key, (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});

test("compareKeys puts keys beyond U+FFFF last, unlike JavaScript's own order", () => {
  expect(compareKeys("\uff61", "😀")).toBeLessThan(0);
  expect("\uff61" < "😀").toBe(false);
});

test("KeyIndex lists the current keys in order from any start, after any sequence of calls", () => {
  const step = fc.record({ add: fc.boolean(), key: fc.string({ unit: "grapheme", maxLength: 2 }), look: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), key, (steps, start) => {
      const index = new KeyIndex();
      const model = new Set<string>();
      for (const one of steps) {
        // As a bucket calls it: a key is added when it is new and removed when it is there.
        if (one.add && !model.has(one.key)) {
          index.add(one.key);
          model.add(one.key);
        } else if (!one.add && model.delete(one.key)) {
          index.remove(one.key);
        }
        if (one.look) {
          index.from("");
        }
      }
      const { keys, at } = index.from(start);
      const expected = [...model].sort(compareKeys);
      expect(keys).toEqual(expected);
      expect(keys.slice(at)).toEqual(expected.filter((one) => compareKeys(one, start) >= 0));
    }),
  );
});

const SEGMENT = 64 * 1024;

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) {
    all.push(chunk);
  }
  return Buffer.concat(all);
}

async function* inChunks(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

function open(sealed: Buffer, dataKey: Buffer, plainBytes: number, start = 0, end = plainBytes): Promise<Buffer> {
  const read = (from: number, to: number) => inChunks(sealed.subarray(from, to), 10_007);
  return collect(openChunks(read, { plainBytes, start, end, dataKey }));
}

test("openChunks returns any range of sealed bytes, for sizes around the segment size", async () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.constantFrom(SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 5),
  );
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), fc.nat(), fc.integer({ min: 500, max: 200_000 }), async (bytes, a, b, chunk) => {
      const plain = randomBytes(bytes);
      const dataKey = randomBytes(32);
      const sealed = await collect(sealChunks(inChunks(plain, chunk), dataKey));
      const [start = 0, end = 0] = [a % (bytes + 1), b % (bytes + 1)].sort((left, right) => left - right);
      expect(sealed.length).toBe(sealedBytes(bytes));
      expect(plain.equals(await open(sealed, dataKey, bytes))).toBe(true);
      expect(plain.subarray(start, end).equals(await open(sealed, dataKey, bytes, start, end))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("openChunks rejects a changed byte, another key, swapped segments, and a missing end", async () => {
  const plain = Buffer.alloc(2 * SEGMENT, "p");
  const dataKey = randomBytes(32);
  const sealed = await collect(sealChunks(inChunks(plain, SEGMENT), dataKey));
  const half = SEGMENT + 16;
  const changed = Buffer.from(sealed);
  changed[half + 3] = (changed[half + 3] ?? 0) ^ 1;
  const swapped = Buffer.concat([sealed.subarray(half), sealed.subarray(0, half)]);
  await expect(open(changed, dataKey, plain.length)).rejects.toThrow();
  await expect(open(sealed, randomBytes(32), plain.length)).rejects.toThrow();
  await expect(open(swapped, dataKey, plain.length)).rejects.toThrow();
  await expect(open(sealed.subarray(0, half), dataKey, SEGMENT)).rejects.toThrow();
});

test("sealChunks leaves no plaintext in its output", async () => {
  const plain = Buffer.from("a sentence that can be searched for");
  const sealed = await collect(sealChunks(inChunks(plain, 100), randomBytes(32)));
  expect(sealed.includes("sentence")).toBe(false);
});
