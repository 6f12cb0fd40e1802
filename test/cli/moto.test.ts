// @module-tag slow
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { HeadObjectCommand, PutBucketOwnershipControlsCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findExecutable, MOTO_MISSING, type MotoServer, startMoto } from "../servers/programs.js";
import { clientOf, createBucket, encryptionOf, environmentOf, listing, plain, sealed } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

const AWS = findExecutable("aws");
const KEYS = ["a b+c%20é/?#&.txt", "dir/", "plain"];

describe("the command line on moto_server", () => {
  if (findExecutable("moto_server") === undefined) {
    test.skip(`migrates a bucket (skipped: ${MOTO_MISSING})`, () => undefined);
    return;
  }
  let moto: MotoServer;
  let client: S3Client;
  let folder: string;
  beforeAll(async () => {
    moto = (await startMoto()) as MotoServer;
    client = clientOf(moto);
    folder = await mkdtemp(join(tmpdir(), "bucketseal-moto-"));
  });
  afterAll(async () => {
    client.destroy();
    await moto.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  test("migrates every object of a bucket, and finds none unencrypted afterwards", async () => {
    await createBucket(client, "archive", [...plain(20), ...KEYS.map((Key) => ({ Key, Body: Key }))]);
    expect(new Set(Object.values(await encryptionOf(client, "archive")))).toEqual(new Set(["none"]));
    const place = ["--endpoint", moto.endpoint, "--region", moto.region];
    const options = { folder, env: environmentOf(moto.credentials) };
    const migrated = await runCli(["migrate", "s3://archive", ...place], options);
    expect(migrated).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 23 objects remain unencrypted") });
    expect(new Set(Object.values(await encryptionOf(client, "archive")))).toEqual(new Set(["AES256"]));
    const audited = await runCli(["audit", "s3://archive", ...place, "--fail-on", "unencrypted"], options);
    expect(audited).toMatchObject({ code: 0 });
  });

  test.each(["arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/vault"])(
    "migrates every object under the KMS key %s, and copies none of them again",
    async (key) => {
      const bucket = key.startsWith("alias") ? "under-alias" : "under-arn";
      await createBucket(client, bucket, [...plain(3), ...sealed(3)]);
      const place = ["--endpoint", moto.endpoint, "--region", moto.region, "--provider", "aws"];
      const options = { folder, env: environmentOf(moto.credentials) };
      const to = ["--to", "sse-kms", "--kms-key-id", key, "--bucket-key"];
      const migrated = await runCli(["migrate", `s3://${bucket}`, ...place, ...to], options);
      expect(migrated).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +6 /) });
      // moto takes UpdateObjectEncryption for a PutObject, which a test object shows, and names an alias by the alias.
      expect(migrated.stderr).toMatch(key.startsWith("alias") ? "but not by an ARN" : "it changed the etag, ");
      const before = await listing(client, bucket);
      for (const { key: Key } of before) {
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
        expect(head).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: key, BucketKeyEnabled: true });
      }
      const again = await runCli(["migrate", `s3://${bucket}`, ...place, ...to], options);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/already encrypted +6 /) });
      expect(await listing(client, bucket)).toEqual(before);
    },
  );

  test.each(["not set", "BucketOwnerEnforced"] as const)("reads that Object Ownership is %s", async (ownership) => {
    const bucket = ownership === "not set" ? "unowned" : "owned";
    await createBucket(client, bucket, plain(3));
    if (ownership !== "not set") {
      const OwnershipControls = { Rules: [{ ObjectOwnership: ownership }] };
      await client.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls }));
    }
    const place = ["--endpoint", moto.endpoint, "--region", moto.region, "--provider", "aws", "--out", `of-${bucket}`];
    const options = { folder, env: environmentOf(moto.credentials) };
    expect(await runCli(["migrate", `s3://${bucket}`, ...place], options)).toMatchObject({ code: 0 });
    const { buckets } = JSON.parse(await readFile(join(folder, `of-${bucket}`, "run.json"), "utf8"));
    const found = ownership === "not set" ? { kind: "absent" } : { kind: "present", setting: ownership };
    expect(buckets[0].ownership).toEqual(found);
    expect(new Set(Object.values(await encryptionOf(client, bucket)))).toEqual(new Set(["AES256"]));
  });

  test.skipIf(AWS === undefined)(
    "shows AES256 for every key in `aws s3api head-object` (needs aws on the PATH)",
    async () => {
      const env = {
        PATH: process.env.PATH,
        HOME: folder,
        ...environmentOf(moto.credentials),
        AWS_DEFAULT_REGION: moto.region,
        AWS_ENDPOINT_URL: moto.endpoint,
      };
      const keys = [...KEYS, "plain/0000", "plain/0019"];
      expect((await listing(client, "archive")).map(({ key }) => key)).toEqual(expect.arrayContaining(keys));
      const heads = keys.map(async (key) => {
        const words = ["s3api", "head-object", "--bucket", "archive", "--key", key];
        const { stdout } = await promisify(execFile)(AWS ?? "aws", words, { env });
        return (JSON.parse(stdout) as { ServerSideEncryption?: string }).ServerSideEncryption;
      });
      expect(await Promise.all(heads)).toEqual(keys.map(() => "AES256"));
    },
  );
});
