import { join } from "node:path";
import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Behaviour } from "../../sandbox/index.js";
import { createBucket, plain, plaintextOf } from "./bucket.js";
import { openRehearsal } from "./rehearsal.js";
import { summaryOf } from "./run-folder.js";

vi.setConfig({ testTimeout: 240_000 });

const LADEN = ["laden/1", "laden/2", "laden/3", "laden/4", "laden/5", "laden/6"];
const HEADERS = {
  ContentEncoding: "gzip",
  ContentDisposition: 'attachment; filename="a.csv"',
  Metadata: { rare: "kept" },
};

/** Objects with content headers and metadata among common ones, on OVHcloud's profile, whose first way is a copy in parts. */
async function migrated(behaviour: Partial<Behaviour>) {
  const rehearsal = await openRehearsal({ profile: "ovh", behaviour });
  onTestFinished(() => rehearsal.close());
  const { client, cli, place, folder } = rehearsal;
  await createBucket(client, "mixed", plain(4));
  for (const Key of LADEN) await client.send(new PutObjectCommand({ Bucket: "mixed", Key, Body: Key, ...HEADERS }));
  const out = join(folder, "run");
  const flags = ["--set-default", "--rewrite-below", "0", "--concurrency", "1", "--out", out];
  const ran = await cli("migrate", "s3://mixed", ...place, ...flags);
  return { ran, client, total: (await summaryOf(out)).total };
}

async function headersOf(client: S3Client, Key: string) {
  const head = await client.send(new HeadObjectCommand({ Bucket: "mixed", Key }));
  const { ContentEncoding, ContentDisposition, Metadata } = head;
  return { ContentEncoding, ContentDisposition, Metadata };
}

test("migrate keeps headers that multipart uploads reportedly drop on OVHcloud, and seals the bucket", async () => {
  const upload = ["content-encoding", "content-disposition", "x-amz-storage-class"];
  const { ran, client } = await migrated({ forgottenBy: { upload } });
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 10 objects remain") });
  expect(await plaintextOf(client, "mixed")).toEqual([]);
  for (const key of LADEN) expect(await headersOf(client, key)).toEqual(HEADERS);
});

test("migrate stops using a strategy at the first loss that no test object showed, and is not sealed", async () => {
  const { ran, client, total } = await migrated({ forgottenBy: { upload: ["x-amz-meta-rare"] } });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("Not sealed");
  expect(ran.stdout).not.toContain("Sealed:");
  expect(total.reasons["differs-after-copy"]).toMatchObject({ objects: 1 });
  const kept = await Promise.all(LADEN.map(async (key) => (await headersOf(client, key)).Metadata?.rare ?? "lost"));
  expect(kept).toEqual(["lost", "kept", "kept", "kept", "kept", "kept"]);
});

test("migrate refuses objects that every strategy would strip of a header, and leaves them unchanged", async () => {
  const dropped = ["content-encoding"];
  const { ran, client, total } = await migrated({
    forgottenBy: { upload: dropped, copy: dropped },
    metadataAfterCopy: "dropped",
    // The one that is left, to read and write again, is not to be had either.
    putConditions: "ignored",
  });
  expect(ran.code).toBe(1);
  expect(ran.stdout).not.toContain("Sealed:");
  for (const key of LADEN) expect(await headersOf(client, key)).toEqual(HEADERS);
  expect(await plaintextOf(client, "mixed")).toEqual(LADEN);
  expect(total.outcomes.refused).toMatchObject({ objects: LADEN.length });
});
