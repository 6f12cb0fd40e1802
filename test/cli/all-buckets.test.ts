import { afterAll, beforeAll, expect, test } from "vitest";
import { createBucket, encryptionOf, plain } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
});
afterAll(() => rehearsal.close());

test("migrate --all-buckets exits with 3 if the account has no bucket", async () => {
  const ran = await rehearsal.cli("migrate", "--all-buckets", ...rehearsal.place);
  expect(ran).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("list no bucket") });
});

test("migrate --all-buckets encrypts every bucket, and prints a shared warning once", async () => {
  const { client, cli, place } = rehearsal;
  const names = ["first", "second", "third", "fourth", "fifth"];
  for (const name of names) await createBucket(client, name, plain(2));
  const ran = await cli("migrate", "--all-buckets", ...place);
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 10 objects remain") });
  expect(ran.stderr.match(/no default encryption/g)).toHaveLength(1);
  expect(ran.stderr).toContain("and 2 more buckets: the bucket has no default encryption");
  for (const name of names)
    expect(new Set(Object.values(await encryptionOf(client, name)))).toEqual(new Set(["AES256"]));
});

test("audit --all-buckets rejects an additional location", async () => {
  const ran = await rehearsal.cli("audit", "--all-buckets", "s3://first", ...rehearsal.place);
  expect(ran).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("--all-buckets covers every bucket"),
  });
});
