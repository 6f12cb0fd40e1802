import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Behaviour, behaviourOf } from "../../sandbox/index.js";
import { createBucket, encryptionOf, openRehearsal, plain, plaintextOf, type Rehearsal } from "./rehearsal.js";
import { summaryOf } from "./run-cli.js";

describe("strategies that lose properties", () => {
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

  test("migrate keeps headers that multipart uploads reportedly drop on OVHcloud, and seals the bucket", {
    tags: "slow",
  }, async () => {
    const upload = ["content-encoding", "content-disposition", "x-amz-storage-class"];
    const { ran, client } = await migrated({ forgottenBy: { upload } });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 10 objects remain") });
    expect(await plaintextOf(client, "mixed")).toEqual([]);
    for (const key of LADEN) expect(await headersOf(client, key)).toEqual(HEADERS);
  });

  test("migrate stops using a strategy at the first loss that no test object showed, and is not sealed", {
    tags: ["slow"],
  }, async () => {
    const { ran, client, total } = await migrated({ forgottenBy: { upload: ["x-amz-meta-rare"] } });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("Not sealed");
    expect(ran.stdout).not.toContain("Sealed:");
    expect(total.reasons["differs-after-copy"]).toMatchObject({ objects: 1 });
    const kept = await Promise.all(LADEN.map(async (key) => (await headersOf(client, key)).Metadata?.rare ?? "lost"));
    expect(kept).toEqual(["lost", "kept", "kept", "kept", "kept", "kept"]);
  });

  test("migrate refuses objects that every strategy would strip of a header, and leaves them unchanged", {
    tags: ["slow"],
  }, async () => {
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
});

const ANY_RACE = ["--race", "off"];

describe("bucketseal migrate on a store like Ceph RGW 18", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({ profile: "ceph-18" });
  });
  afterAll(() => rehearsal.close());

  const migrate = (bucket: string, ...flags: readonly string[]) => {
    const { cli, place, folder } = rehearsal;
    return cli("migrate", `s3://${bucket}`, ...place, "--set-default", "--out", join(folder, bucket), ...flags);
  };
  const bodyOf = async (Bucket: string, Key: string) =>
    (await rehearsal.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

  test("keeps apart the contents of keys that the store confuses as the source of a part", {
    tags: ["slow"],
  }, async () => {
    const { client, sandbox } = rehearsal;
    const bodies = {
      "a b": "a b".repeat(7000),
      "a%20b": "20b".repeat(7000),
      twin: "twin".repeat(5000),
      "twin?versionId=null": "null".repeat(5000),
      "twin%3FversionId=null": "3Fid".repeat(5000),
    };
    await createBucket(
      client,
      "twins",
      Object.entries(bodies).map(([Key, Body]) => ({ Key, Body })),
    );
    sandbox.resetCalls();
    const ran = await migrate("twins", "--copy-cutoff", "1KiB", "--rewrite-below", "0", ...ANY_RACE);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed") });
    for (const [key, body] of Object.entries(bodies)) expect([key, await bodyOf("twins", key)]).toEqual([key, body]);
    expect(new Set(Object.values(await encryptionOf(client, "twins")))).toEqual(new Set(["AES256"]));
    expect(sandbox.calls.UploadPartCopy).toBeGreaterThan(0);
  });

  test("refuses an object that no strategy can copy, and leaves it unencrypted", async () => {
    const { client } = rehearsal;
    await createBucket(client, "refused", [{ Key: "twin?versionId=null", Body: "x".repeat(20_000) }]);
    rehearsal.sandbox.changeBehaviour({ putConditions: "ignored" });
    const ran = await migrate("refused", "--copy-cutoff", "1KiB");
    rehearsal.sandbox.changeBehaviour({ putConditions: "honoured" });
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("or the object would pass through this machine"),
    });
    expect(await encryptionOf(client, "refused")).toEqual({ "twin?versionId=null": "none" });
  });

  test("rewrites an object under a customer key, since the store cannot copy it in parts", {
    tags: ["slow"],
  }, async () => {
    const { client, folder, sandbox } = rehearsal;
    const key = randomBytes(32);
    const path = join(folder, "customer.key");
    await writeFile(path, key, { mode: 0o600 });
    await createBucket(client, "keys", [{ Key: "plain", Body: "x".repeat(20_000) }]);
    const underKey = {
      SSECustomerAlgorithm: "AES256",
      SSECustomerKey: key.toString("base64"),
      SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
    };
    const kept = { Bucket: "keys", Key: "kept", Body: "secret", Metadata: { a: "b" } };
    await client.send(new PutObjectCommand({ ...kept, ...underKey }));
    sandbox.resetCalls();
    const ran = await migrate("keys", "--ssec-key-file", path, "--rewrite-below", "0", ...ANY_RACE);
    expect(ran).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        "copy-multipart is no longer used for objects under a customer key: it could not",
      ),
    });
    expect(await encryptionOf(client, "keys")).toEqual({ kept: "AES256", plain: "AES256" });
    expect(await bodyOf("keys", "kept")).toBe("secret");
    expect((await client.send(new HeadObjectCommand({ Bucket: "keys", Key: "kept" }))).Metadata).toEqual({ a: "b" });
    expect(sandbox.calls.UploadPartCopy).toBeGreaterThan(1);
  });
});

const LARGE = { Key: "large", Body: Buffer.alloc(9000, "x") };
const EMPTY = { Key: "empty", Body: "" };
const FLAGS = ["--assume", "documented", "--no-canary", "--race", "off"];

describe("bucketseal migrate, if HEAD has no Content-Length,", () => {
  let rehearsal: Rehearsal;
  /** Refuses GET, which else tells the size. */
  let refusesGet = false;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      intercept: ({ operation }) =>
        refusesGet && operation === "GetObject" ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
    });
  });
  afterEach(() => {
    refusesGet = false;
    rehearsal.sandbox.changeBehaviour(behaviourOf("ovh"));
  });
  afterAll(() => rehearsal.close());

  test("copies and compares objects by their real sizes", async () => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    await createBucket(client, "whole", [LARGE, EMPTY]);
    sandbox.changeBehaviour({ headSendsLength: false });
    const out = join(folder, "whole");
    const ran = await cli("migrate", "s3://whole", ...place, ...FLAGS, "--out", out);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 2 objects remain unencrypted") });
    expect((await summaryOf(out)).total.statesNow["sse-s3"]).toEqual({ objects: 2, bytes: 9000 });
    expect(Object.values(await encryptionOf(client, "whole"))).toEqual(["AES256", "AES256"]);
  });

  test.each([false, true])("detects a copy that was cut from 9,000 to 10 bytes (GET refused: %s)", async (refused) => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    const bucket = `cut-${refused}`;
    await createBucket(client, bucket, [LARGE]);
    sandbox.changeBehaviour({ headSendsLength: false, copiedBytes: "first-ten" });
    refusesGet = refused;
    const out = join(folder, bucket);
    const ran = await cli("migrate", `s3://${bucket}`, ...place, ...FLAGS, "--out", out);
    expect(ran.code).toBe(1);
    expect(ran.stdout).not.toContain("Sealed: ");
    expect((await summaryOf(out)).total.reasons["differs-after-copy"]?.objects).toBe(1);
  });

  test("fails an object with two contradicting sizes, and leaves it unencrypted", async () => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    await createBucket(client, "two-sizes", [LARGE]);
    sandbox.changeBehaviour({ headSendsLength: false, listedSizes: "too-large" });
    const out = join(folder, "two-sizes");
    expect(await cli("migrate", "s3://two-sizes", ...place, ...FLAGS, "--out", out)).toMatchObject({ code: 1 });
    expect((await summaryOf(out)).total.reasons["size-unknown"]?.objects).toBe(1);
    expect(await plaintextOf(client, "two-sizes")).toEqual(["large"]);
  });
});
