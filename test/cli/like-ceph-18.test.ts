import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, encryptionOf } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

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

  test("keeps apart the contents of keys that the store confuses as the source of a part", async () => {
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

  test("rewrites an object under a customer key, since the store cannot copy it in parts", async () => {
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
        "no object under a customer key is copied by copy-multipart any more: it could not",
      ),
    });
    expect(await encryptionOf(client, "keys")).toEqual({ kept: "AES256", plain: "AES256" });
    expect(await bodyOf("keys", "kept")).toBe("secret");
    expect((await client.send(new HeadObjectCommand({ Bucket: "keys", Key: "kept" }))).Metadata).toEqual({ a: "b" });
    expect(sandbox.calls.UploadPartCopy).toBeGreaterThan(1);
  });
});
