import {
  type BucketVersioningStatus,
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { put, start } from "./client.js";

const LAG_MS = 5000;

/** A bucket whose listings lag, on a clock that only the test moves. */
async function lagging(status?: BucketVersioningStatus) {
  const begun = Date.now();
  let passedMs = 0;
  const clock = () => new Date(begun + passedMs);
  const { s3, sandbox } = await start({ clock, behaviour: { listingLagMs: LAG_MS } });
  if (status) {
    await s3.send(new PutBucketVersioningCommand({ Bucket: "bucket", VersioningConfiguration: { Status: status } }));
  }
  const pass = (ms: number) => {
    passedMs += ms;
  };
  return { s3, sandbox, pass };
}

const remove = (s3: S3Client, Key: string) => s3.send(new DeleteObjectCommand({ Bucket: "bucket", Key }));

/** Keys and sizes, page by page if the pages are smaller. */
async function listed(s3: S3Client, MaxKeys = 1000): Promise<string[]> {
  const found: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: "bucket", MaxKeys, ContinuationToken }));
    found.push(...(page.Contents ?? []).map(({ Key, Size }) => `${Key} ${Size}`));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return found;
}

test("a lagging listing shows deleted and overwritten keys as they were, and no new keys", async () => {
  const { s3, pass } = await lagging();
  for (const key of ["deleted", "kept", "overwritten"]) await put(s3, key, "old");
  pass(LAG_MS);
  await remove(s3, "deleted");
  await put(s3, "new", "new");
  await put(s3, "overwritten", "longer than before");
  const before = ["deleted 3", "kept 3", "overwritten 3"];
  expect(await listed(s3)).toEqual(before);
  expect(await listed(s3, 1)).toEqual(before);
  pass(LAG_MS - 1);
  expect(await listed(s3)).toEqual(before);
  pass(1);
  expect(await listed(s3)).toEqual(["kept 3", "new 3", "overwritten 18"]);
});

test("a lagging listing shows the state of one moment, even if a key changed several times since", async () => {
  const { s3, pass } = await lagging();
  await put(s3, "k", "1");
  pass(LAG_MS);
  await put(s3, "k", "22");
  pass(LAG_MS / 2);
  await remove(s3, "k");
  await put(s3, "k", "4444");
  expect(await listed(s3)).toEqual(["k 1"]);
  pass(LAG_MS / 2);
  expect(await listed(s3)).toEqual(["k 2"]);
  pass(LAG_MS / 2);
  expect(await listed(s3)).toEqual(["k 4"]);
});

test("a lagging listing of versions marks the latest version of that moment", async () => {
  const { s3, pass } = await lagging("Enabled");
  await put(s3, "k", "1");
  pass(LAG_MS);
  await remove(s3, "k");
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: "bucket" }));
    return [Versions.map(({ IsLatest }) => IsLatest), DeleteMarkers.map(({ IsLatest }) => IsLatest)];
  };
  expect(await versions()).toEqual([[true], []]);
  pass(LAG_MS);
  expect(await versions()).toEqual([[false], [true]]);
});

test("a listing is current again once the lag is switched off", async () => {
  const { s3, sandbox } = await lagging();
  await put(s3, "k");
  expect(await listed(s3)).toEqual([]);
  sandbox.changeBehaviour({ listingLagMs: 0 });
  expect(await listed(s3)).toEqual(["k 1"]);
});
