import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { parse } from "csv-parse/sync";
import { expect, onTestFinished, test } from "vitest";
import type { Behaviour } from "../../sandbox/index.js";
import { createBucket, openRehearsal, type Rehearsal } from "./rehearsal.js";

const Bucket = "archive";
const BODY = "cold ".repeat(400);

async function putCold(client: S3Client, Key: string, { isRestored = true } = {}): Promise<void> {
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: BODY,
      StorageClass: "GLACIER",
      ContentType: "text/plain",
      Metadata: { of: "the archive" },
    }),
  );
  if (isRestored) await client.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 3 } }));
}

/** A bucket with two restored objects, one that is archived, and a common one: all of them plaintext. */
async function open(behaviour: Partial<Behaviour> = {}, cold = ["cold/1", "cold/2"]): Promise<Rehearsal> {
  const rehearsal = await openRehearsal({ profile: "reference" });
  onTestFinished(() => rehearsal.close());
  const { client, sandbox } = rehearsal;
  await createBucket(client, Bucket, [{ Key: "common", Body: "common" }]);
  for (const key of cold) await putCold(client, key);
  await putCold(client, "frozen", { isRestored: false });
  sandbox.changeBehaviour(behaviour);
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
  await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  return rehearsal;
}

const migrate = ({ cli, sandbox, folder }: Rehearsal, ...more: readonly string[]) =>
  cli(
    "migrate",
    `s3://${Bucket}`,
    ...["--provider", "aws", "--region", sandbox.region, "--endpoint", sandbox.endpoint],
    ...["--out", join(folder, "run"), ...more],
  );

async function seen(client: S3Client, Key: string) {
  const { ServerSideEncryption, StorageClass, ContentType, Metadata } = await client.send(
    new HeadObjectCommand({ Bucket, Key }),
  );
  const body = await client.send(new GetObjectCommand({ Bucket, Key })).then(
    ({ Body }) => Body?.transformToString(),
    (error: Error) => error.name,
  );
  return { ServerSideEncryption, StorageClass, ContentType, Metadata, body };
}

const rowsOf = ({ folder }: Rehearsal): Record<string, string>[] =>
  parse(readFileSync(join(folder, "run", "report.csv")), { columns: true });

const KEPT = { ServerSideEncryption: "AES256", ContentType: "text/plain", Metadata: { of: "the archive" }, body: BODY };

async function setsTheClass(way: string, behaviour: Partial<Behaviour>, more: readonly string[]): Promise<void> {
  const rehearsal = await open(behaviour);
  const ran = await migrate(rehearsal, "--restored-class", "STANDARD_IA", "--exclude", "frozen", ...more);
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 3 objects remain") });
  for (const key of ["cold/1", "cold/2"])
    expect(await seen(rehearsal.client, key)).toEqual({ ...KEPT, StorageClass: "STANDARD_IA" });
  expect((await seen(rehearsal.client, "common")).StorageClass).toBeUndefined();
  const [row] = rowsOf(rehearsal).filter(({ key }) => key === "cold/1");
  expect(row).toMatchObject({
    storageClass: "GLACIER",
    storageClassAfter: "STANDARD_IA",
    outcome: "migrated",
    strategy: way,
  });
  expect(row?.notes).toContain(
    "its storage class was GLACIER, and its copy has STANDARD_IA, as --restored-class requests",
  );
}

const sets = "migrate --restored-class sets the class by %s, and the object stays readable";
test.each([["copy", {}, []]] as const)(sets, setsTheClass);
test.each([
  [
    "copy-replacing",
    { selfCopyChangingSse: "refused", storageClassSentWithCopy: "taken", metadataAfterCopy: "dropped" },
    [],
  ],
  ["copy-multipart", {}, ["--copy-cutoff", "1KiB", "--rewrite-below", "0"]],
  ["rewrite", { storageClassSentWithCopy: "ignored", uploadPartCopy: "not-implemented" }, []],
] as const)(sets, { tags: "slow" }, setsTheClass);

test("migrate --restored-class STANDARD works even if copies keep the class of their source", {
  tags: "slow",
}, async () => {
  const rehearsal = await open({ storageClassAfterCopy: "kept" });
  const ran = await migrate(rehearsal, "--restored-class", "STANDARD");
  // Archived objects still have to be restored first.
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Not sealed: 1 of 4 objects remains") });
  expect(await seen(rehearsal.client, "cold/1")).toEqual({ ...KEPT, StorageClass: undefined });
  const frozen = await seen(rehearsal.client, "frozen");
  expect([frozen.ServerSideEncryption, frozen.StorageClass, frozen.body]).toEqual([
    undefined,
    "GLACIER",
    "InvalidObjectState",
  ]);
});

test("migrate without --restored-class leaves restored objects unchanged and readable", {
  tags: ["slow"],
}, async () => {
  const rehearsal = await open();
  const ran = await migrate(rehearsal);
  expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain("2 temporarily restored from an archive class");
  const cold = await seen(rehearsal.client, "cold/1");
  expect([cold.ServerSideEncryption, cold.StorageClass, cold.body]).toEqual([undefined, "GLACIER", BODY]);
});

test("migrate --restored-class refuses objects, unsealed, if every strategy drops the class", {
  tags: ["slow"],
}, async () => {
  const dropped = ["x-amz-storage-class"];
  const keys = ["cold/1", "cold/2", "cold/3", "cold/4", "cold/5"];
  const rehearsal = await open({ forgottenBy: { put: dropped, copy: dropped, upload: dropped } }, keys);
  const { client } = rehearsal;
  const ran = await migrate(rehearsal, "--restored-class", "STANDARD_IA", "--concurrency", "1", "--exclude", "frozen");
  expect(ran.code).toBe(1);
  expect(ran.stdout).not.toContain("Sealed:");
  expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain(
    "every way of copying it has left an object unencrypted, or has lost something of an object",
  );
  const last = await seen(client, "cold/5");
  expect([last.ServerSideEncryption, last.StorageClass, last.body]).toEqual([undefined, "GLACIER", BODY]);
});

test("migrate --versions replay applies --restored-class to noncurrent versions", { tags: "slow" }, async () => {
  const rehearsal = await openRehearsal({ profile: "reference" });
  onTestFinished(() => rehearsal.close());
  const { client } = rehearsal;
  await createBucket(client, Bucket);
  const VersioningConfiguration = { Status: "Enabled" as const };
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  await putCold(client, "history");
  await client.send(new PutObjectCommand({ Bucket, Key: "history", Body: "newer" }));
  const ran = await migrate(
    rehearsal,
    "--restored-class",
    "STANDARD",
    "--versions",
    "replay",
    "--yes",
    "--set-default",
  );
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed") });
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions.map(({ StorageClass }) => StorageClass)).toEqual(["STANDARD", "STANDARD"]);
  const [, older] = Versions;
  const got = await client.send(new GetObjectCommand({ Bucket, Key: "history", VersionId: older?.VersionId }));
  expect([got.ServerSideEncryption, await got.Body?.transformToString()]).toEqual(["AES256", BODY]);
});

test.each([
  [
    ["--restored-class", "GLACIER"],
    '--restored-class: "GLACIER" is not a storage class of Amazon S3 with immediate access: give one of STANDARD,',
  ],
  [["--restored-class", "standard"], '"standard" is not a storage class of Amazon S3'],
  [["--restored-class", "STANDARD", "--accept-loss", "restore"], "give only one of the two"],
])("migrate rejects %j before any request", async (args, words) => {
  const rehearsal = await openRehearsal();
  onTestFinished(() => rehearsal.close());
  const ran = await migrate(rehearsal, ...args);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr.replaceAll(/\s+/g, " ")).toContain(words);
  expect(rehearsal.sandbox.calls).toEqual({});
});
