import { PutBucketEncryptionCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBucket, plaintextOf, sealed } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

let rehearsal: Rehearsal;
/** Writes behind the reader: before it reads the bucket's default for the second time. */
let behind: (() => Promise<unknown>) | undefined;
let looks = 0;
beforeAll(async () => {
  rehearsal = await openRehearsal({
    intercept: async ({ operation }) => {
      looks += operation === "GetBucketEncryption" ? 1 : 0;
      if (operation === "GetBucketEncryption" && looks === 2) await behind?.();
      return undefined;
    },
  });
  await createBucket(rehearsal.client, "open", sealed(2));
});
afterAll(() => rehearsal.close());

const audit = (...args: string[]) => {
  looks = 0;
  return rehearsal.cli("audit", "s3://open", ...rehearsal.place, "--quiet", ...args);
};

test("audit --fail-on no-default exits with 1, unsealed, if the bucket has no default encryption", async () => {
  const ran = await audit("--fail-on", "no-default");
  expect(ran).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("Not sealed: 0 of 2 objects are unencrypted, but open has no default encryption"),
    stderr: expect.stringContaining("exit code 1: there are buckets that were not seen to encrypt by default"),
  });
  expect(ran.stdout).not.toContain("Sealed:");
});

test("audit --fail-on unencrypted exits with 1 if an object arrived in plaintext during the run", async () => {
  behind = () => rehearsal.client.send(new PutObjectCommand({ Bucket: "open", Key: "late", Body: "late" }));
  const ran = await audit("--fail-on", "unencrypted");
  behind = undefined;
  expect(ran).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("Not sealed: 0 of 2 objects seen are unencrypted, but 1 written since is"),
  });
  expect(ran.stdout).toContain("1 object was younger than its own look; 1 of 1 sampled is not encrypted.");
  expect(await plaintextOf(rehearsal.client, "open")).toEqual(["late"]);
});

test("migrate passes both --fail-on conditions and is sealed once the bucket encrypts by default", async () => {
  const { client, cli, place } = rehearsal;
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
  await client.send(new PutBucketEncryptionCommand({ Bucket: "open", ServerSideEncryptionConfiguration: { Rules } }));
  const ran = await cli("migrate", "s3://open", ...place, "--quiet", "--fail-on", "no-default,unencrypted");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 3 objects remain unencrypted") });
  expect(await plaintextOf(client, "open")).toEqual([]);
});
