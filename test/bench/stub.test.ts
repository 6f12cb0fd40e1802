import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CopyObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, type StubOptions } from "../../bench/stub/answer-request.js";
import { type Stub, startStub } from "../../bench/stub/start-stub.js";
import { clientOf, environmentOf } from "../cli/rehearsal.js";
import { runCli, summaryOf } from "../cli/run-cli.js";

const KEY = "object-0000000007";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bucketseal-stub-"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

async function withStub<Result>(options: StubOptions, use: (stub: Stub) => Promise<Result>): Promise<Result> {
  const stub = await startStub(options);
  try {
    return await use(stub);
  } finally {
    await stub.close();
  }
}

let runs = 0;
async function cli({ endpoint, credentials }: Stub, command: "audit" | "migrate", ...options: string[]) {
  const out = join(folder, String(++runs));
  const args = [command, `s3://${BUCKET}`, "--provider", "generic", "--endpoint", endpoint, "--out", out, ...options];
  const ran = await runCli(args, { folder, env: environmentOf(credentials) });
  expect(ran).toMatchObject({ code: 0 });
  return { ...ran, summary: await summaryOf(out) };
}

describe("the stub store of the bench", () => {
  test("has plaintext objects until a migration has encrypted them, as an audit finds before and after", {
    tags: ["slow"],
  }, async () => {
    await withStub({ keys: 300, layout: "nested" }, async (stub) => {
      expect((await cli(stub, "audit")).stdout).toContain("300 of 300 objects are unencrypted");
      expect(stub.counts().sealed).toBe(0);
      const { summary } = await cli(stub, "migrate");
      expect(summary.total).toMatchObject({ listed: 300, outcomes: { migrated: { objects: 300 } } });
      expect(stub.counts()).toMatchObject({ sealed: 300, unknown: 0 });
      expect((await cli(stub, "audit")).stdout).toContain("0 of 300 objects are unencrypted");
      stub.reset();
      expect(stub.counts()).toMatchObject({ sealed: 0, objects: { HeadObject: 0, CopyObject: 0 } });
    });
  });

  test("encrypts nothing when a copy does not ask for it, or has another source", async () => {
    await withStub({ keys: 10 }, async (stub) => {
      const client = clientOf({ ...stub, region: "us-east-1" });
      const copy = (input: object) =>
        client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: KEY, CopySource: `${BUCKET}/${KEY}`, ...input }));
      await expect(copy({})).rejects.toMatchObject({ name: "NotImplemented" });
      const AES256 = { ServerSideEncryption: "AES256" };
      await expect(copy({ ...AES256, CopySource: `${BUCKET}/object-0000000008` })).rejects.toMatchObject({
        name: "NotImplemented",
      });
      await expect(copy({ ...AES256, CopySourceIfMatch: '"other"' })).rejects.toMatchObject({
        name: "PreconditionFailed",
      });
      const head = () => client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY }));
      expect((await head()).ServerSideEncryption).toBeUndefined();
      expect(stub.counts().sealed).toBe(0);
      await copy({ ...AES256, CopySourceIfMatch: (await head()).ETag });
      expect((await head()).ServerSideEncryption).toBe("AES256");
      expect(stub.counts().sealed).toBe(1);
      client.destroy();
    });
  });

  test.each(["flat", "nested", "spread"] as const)(
    "lists each key once, in pages: %s",
    { tags: ["slow"] },
    async (layout) => {
      await withStub({ keys: 2500, layout }, async (stub) => {
        const client = clientOf({ ...stub, region: "us-east-1" });
        const list = (input: object) => client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
        const keys: string[] = [];
        let token: string | undefined;
        do {
          const page = await list({ ContinuationToken: token, EncodingType: "url" });
          keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
          token = page.NextContinuationToken;
        } while (token !== undefined);
        expect(keys).toHaveLength(2500);
        expect(keys).toEqual([...new Set(keys)].sort());
        const [, second, third] = keys;
        const after = await list({ StartAfter: second, MaxKeys: 1 });
        expect(after).toMatchObject({ IsTruncated: true, Contents: [{ Key: third }] });
        const last = await list({ Prefix: keys.at(-1) });
        expect(last).toMatchObject({ IsTruncated: false, KeyCount: 1 });
        expect(await list({ Prefix: "~" })).toMatchObject({ IsTruncated: false, KeyCount: 0 });
        client.destroy();
      });
    },
  );

  test("refuses what is above its ceiling", async () => {
    await withStub({ keys: 10, ceiling: 10 }, async ({ endpoint, counts }) => {
      const ask = async () => (await fetch(`${endpoint}/${BUCKET}/${KEY}?acl`)).status;
      expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set([200, 503]));
      expect(counts().slowDowns).toBeGreaterThan(10);
    });
  });

  test("waits before each answer, also before those of the sandbox behind it", async () => {
    await withStub({ keys: 10, latencyMs: 60 }, async (stub) => {
      const client = clientOf({ ...stub, region: "us-east-1" });
      for (const Key of [KEY, "another"]) {
        const startedMs = performance.now();
        await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" })).catch(() => undefined);
        expect(performance.now() - startedMs).toBeGreaterThan(59);
      }
      client.destroy();
    });
  });
});
