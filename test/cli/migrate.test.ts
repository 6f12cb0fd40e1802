import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CopyObjectCommand, GetBucketEncryptionCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import {
  clientOf,
  createBucket,
  encryptionOf,
  listing,
  openRehearsal,
  plain,
  plaintextOf,
  type Rehearsal,
  sealed,
  vaulted,
} from "./rehearsal.js";
import { summaryOf } from "./run-cli.js";

describe("migrate --capabilities", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
  });
  afterAll(() => rehearsal.close());

  test("migrate --capabilities accepts the output of probe --json, and records it in run.json", async () => {
    const { client, cli, place, folder } = rehearsal;
    await createBucket(client, "probed-once", plain(2));
    const probed = await cli("probe", "s3://probed-once", "--json", ...place);
    expect(probed.code).toBe(0);
    await writeFile(join(folder, "probe.ndjson"), probed.stdout);
    const options = [...place, "--capabilities", "probe.ndjson", "--out", "by-probe", "--quiet"];
    const { code, stderr } = await cli("migrate", "s3://probed-once", ...options);
    expect({ code, stderr: stderr.includes("error") }).toEqual({ code: 0, stderr: false });
    const run = JSON.parse(await readFile(join(folder, "by-probe", "run.json"), "utf8"));
    // The guide's store ignores If-Match on CopyObject, and honours it on CompleteMultipartUpload.
    expect(run.capabilities).toMatchObject({
      from: "probe",
      values: { copyIfMatch: false, copySourceIfMatch: true, completeMultipartIfMatch: true },
    });
  });

  test("migrate --capabilities rejects the probe of another bucket before anything is written", {
    tags: ["slow"],
  }, async () => {
    const { client, cli, place, folder, sandbox, writes } = rehearsal;
    await createBucket(client, "probed-twice", plain(1));
    const probed = await cli("probe", "s3://probed-twice", "--json", ...place);
    await writeFile(join(folder, "other.ndjson"), probed.stdout);
    sandbox.resetCalls();
    const { code, stderr } = await cli("migrate", "s3://elsewhere", ...place, "--capabilities", "other.ndjson");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --capabilities: "other\.ndjson" is a probe of bucket "probed-twice" at /);
    expect(writes()).toBe(0);
  });
});

describe("bucketseal migrate", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
  });
  afterAll(() => rehearsal.close());

  test("encrypts every object that it can, and copies nothing in a second run", async () => {
    const { client, sandbox, cli, place } = rehearsal;
    await createBucket(client, "archive", [...plain(20), ...sealed(5), ...vaulted(2)]);
    const first = await cli("migrate", "s3://archive", ...place);
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("0 of 27 objects remain unencrypted, but archive has no default"),
    });
    expect(first.stdout).toMatch(/encrypted by this run +20 /);
    const states = Object.values(await encryptionOf(client, "archive"));
    expect(states.filter((state) => state === "AES256")).toHaveLength(25);
    expect(states.filter((state) => state === "SSE-C")).toHaveLength(2);

    const before = await listing(client, "archive");
    sandbox.resetCalls();
    const second = await cli("migrate", "s3://archive", ...place);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/already encrypted +25 /) });
    expect(rehearsal.writes()).toBe(0);
    expect(await listing(client, "archive")).toEqual(before);
  });

  test("reports planned copies with --dry-run, and writes nothing to the bucket", async () => {
    const { client, sandbox, cli, place } = rehearsal;
    await createBucket(client, "dry", plain(5));
    const before = await listing(client, "dry");
    sandbox.resetCalls();
    const ran = await cli("migrate", "s3://dry", ...place, "--dry-run", "--set-default");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("would be copied, but this was a dry run") });
    expect(rehearsal.writes()).toBe(0);
    expect(await listing(client, "dry")).toEqual(before);
    expect(await plaintextOf(client, "dry")).toHaveLength(5);
  });

  test("sets the bucket's default encryption with --set-default, and only warns without it", async () => {
    const { client, cli, place } = rehearsal;
    await createBucket(client, "default", plain(1));
    const read = () => client.send(new GetBucketEncryptionCommand({ Bucket: "default" }));
    const without = await cli("migrate", "s3://default", ...place);
    expect(without.stderr).toContain("warning: default: the bucket has no default encryption");
    await expect(read()).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
    const withIt = await cli("migrate", "s3://default", ...place, "--set-default");
    expect(withIt.stderr).not.toContain("no default encryption");
    const { ServerSideEncryptionConfiguration } = await read();
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]).toMatchObject({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
    });
  });

  test("copies objects above --copy-cutoff in parts, and smaller ones in one call", async () => {
    const { client, sandbox, cli, place } = rehearsal;
    const large = { Key: "large", Body: Buffer.alloc(6 * 1024 * 1024, 1) };
    await createBucket(client, "parts", [large, { Key: "small", Body: "small" }]);
    sandbox.resetCalls();
    const flags = [
      "--assume",
      "documented",
      "--race",
      "off",
      "--copy-cutoff",
      "1MiB",
      "--part-size",
      "5MiB",
      "--no-canary",
    ];
    const ran = await cli("migrate", "s3://parts", ...place, ...flags);
    expect(ran.code).toBe(0);
    expect(sandbox.calls).toMatchObject({ UploadPartCopy: 2, CompleteMultipartUpload: 1, CopyObject: 1 });
    expect(await encryptionOf(client, "parts")).toEqual({ large: "AES256", small: "AES256" });
  });

  test("migrates several locations in one run, and nothing outside them", { tags: ["slow"] }, async () => {
    const { client, cli, place, folder } = rehearsal;
    await createBucket(client, "several", [...plain(2, "a/"), ...plain(2, "b/")]);
    await createBucket(client, "other", plain(3));
    const ran = await cli("migrate", "s3://several/a/", "s3://other", ...place, "--out", join(folder, "several"));
    expect(ran.code).toBe(0);
    expect((await summaryOf(join(folder, "several"))).total).toMatchObject({ listed: 5, closes: true });
    expect(await plaintextOf(client, "several")).toEqual(["b/0000", "b/0001"]);
    expect(await plaintextOf(client, "other")).toEqual([]);
  });

  test("refuses a non-empty folder as --out, and sends no request", async () => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    await createBucket(client, "full", plain(1));
    sandbox.resetCalls();
    const ran = await cli("migrate", "s3://full", ...place, "--out", folder);
    expect(ran).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error: run folder .* is not empty/),
    });
    expect(sandbox.calls).toEqual({});
  });
});

const BOB = { accessKeyId: "BOB", secretAccessKey: "bobs-secret", ownerId: "bob", allow: ["s3:*"] };
const ALICE = { accessKeyId: "ALICE", secretAccessKey: "alices-secret", ownerId: "alice" };

/** The grants of an owner who is only named in the lists of objects. */
function read(client: S3Client, Key: string): Promise<string> {
  return client.send(new GetObjectCommand({ Bucket: "shared", Key })).then(
    async ({ Body }) => (await Body?.transformToString()) ?? "",
    (error: Error) => error.name,
  );
}

describe("bucketseal migrate as a user who does not own the objects", () => {
  let rehearsal: Rehearsal;
  let alice: S3Client;
  beforeAll(async () => {
    rehearsal = await openRehearsal({ users: [BOB, ALICE] });
    rehearsal.sandbox.changeBehaviour({ objectAclDecides: true });
    alice = clientOf({ ...rehearsal.sandbox, credentials: ALICE });
    await createBucket(alice, "shared", plain(3));
  });
  afterAll(() => {
    alice.destroy();
    return rehearsal.close();
  });

  test("keeps them readable for their owner and notes the new owner, unlike a manual copy", {
    tags: ["slow"],
  }, async () => {
    const { client, cli, place, folder } = rehearsal;
    const out = `${folder}/run`;
    const ran = await cli("migrate", "s3://shared", ...place, "--out", out);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 3 objects remain unencrypted") });
    expect(await plaintextOf(client, "shared")).toEqual([]);
    expect(await read(alice, "plain/0001")).toBe("plaintext plain/1");
    const notes = [...(await outcomesOf(out)).values()].map((outcome) => outcome.notes.join("; "));
    expect(notes).toHaveLength(3);
    for (const note of notes) expect(note).toContain("its owner changed from alice to bob");

    const ontoItself = { Bucket: "shared", Key: "plain/0002", CopySource: "shared/plain/0002" };
    await client.send(
      new CopyObjectCommand({ ...ontoItself, ServerSideEncryption: "AES256", StorageClass: "STANDARD" }),
    );
    expect(await read(alice, "plain/0002")).toBe("AccessDenied");
  });
});
