import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createBucket, encryptionOf, listing, openRehearsal, type Rehearsal } from "./rehearsal.js";

const NAMED = "of another length";
const ETAG = createHash("md5").update(NAMED).digest("hex");

let rehearsal: Rehearsal;
let count = 0;
let bucket: string;
beforeAll(async () => {
  rehearsal = await openRehearsal();
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  count += 1;
  bucket = `named-${count}`;
  await createBucket(rehearsal.client, bucket, [
    { Key: "a b.txt", Body: "other" },
    { Key: "a+b.txt", Body: NAMED },
    { Key: "a%2Bb.txt", Body: "a third" },
  ]);
});

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(rehearsal.folder, `${count}-${name}`);
  await writeFile(path, text);
  return path;
}

const migrate = (manifest: string, ...more: readonly string[]) =>
  rehearsal.cli("migrate", `s3://${bucket}`, ...rehearsal.place, "--set-default", "--manifest", manifest, ...more);

test("migrate --manifest decodes inventory keys, and skips a row with another size and ETag", async () => {
  const before = await listing(rehearsal.client, bucket);
  // As a database exports a Parquet inventory: keys as they are.
  const ran = await migrate(await fileOf("export.csv", `Key,Size,ETag\n"a+b.txt",${NAMED.length},${ETAG}\n`));
  expect(ran.code).toBe(1);
  expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain("give --manifest-keys raw");
  expect(ran.stdout).not.toContain("Sealed");
  expect(await listing(rehearsal.client, bucket)).toEqual(before);
});

test("migrate --manifest-keys raw uses keys as they are, and copies no other object", { tags: ["slow"] }, async () => {
  const manifest = await fileOf("export.csv", `Key,Size,ETag\n"a+b.txt",${NAMED.length},${ETAG}\n`);
  const ran = await migrate(manifest, "--manifest-keys", "raw");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 1 object remains") });
  expect(await encryptionOf(rehearsal.client, bucket)).toEqual({
    "a b.txt": "none",
    "a+b.txt": "AES256",
    "a%2Bb.txt": "none",
  });
});

test("migrate --manifest-keys url decodes a key list, which is raw by default", { tags: ["slow"] }, async () => {
  const manifest = await fileOf("keys.txt", "a%2Bb.txt\n");
  expect(await migrate(manifest, "--manifest-keys", "url")).toMatchObject({ code: 0 });
  expect(await encryptionOf(rehearsal.client, bucket)).toEqual({
    "a b.txt": "none",
    "a+b.txt": "AES256",
    "a%2Bb.txt": "none",
  });
  expect(await migrate(manifest)).toMatchObject({ code: 0 });
  expect(await encryptionOf(rehearsal.client, bucket)).toEqual({
    "a b.txt": "none",
    "a+b.txt": "AES256",
    "a%2Bb.txt": "AES256",
  });
});

test("migrate --manifest-keys rejects a missing manifest and an unknown value before any request", async () => {
  rehearsal.sandbox.resetCalls();
  const alone = await rehearsal.cli("migrate", `s3://${bucket}`, ...rehearsal.place, "--manifest-keys", "raw");
  expect(alone).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("--manifest-keys needs a manifest"),
  });
  const other = await migrate(await fileOf("keys.txt", "a\n"), "--manifest-keys", "plus");
  expect(other).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining('"plus" is not allowed') });
  expect(rehearsal.sandbox.calls).toEqual({});
});
