import { join } from "node:path";
import { GetBucketEncryptionCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, encryptionOf, listing, plain, plaintextOf, sealed, vaulted } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { summaryOf } from "./run-folder.js";

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

  test("migrates several locations in one run, and nothing outside them", async () => {
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
