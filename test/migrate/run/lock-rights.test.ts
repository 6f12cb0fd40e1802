import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type MigrateOptions, migrate, type RunError } from "../../../migrate/index.js";
import { createBucket } from "../../buckets/put-object.js";
import { sendOk } from "../../buckets/raw-s3.js";
import { startWorld } from "../../buckets/start-world.js";
import { createLockingBucket, everythingIn } from "../probe/probe-world.js";

const BUCKET = "mine";
const ADMIN = { accessKeyId: "ADMIN", secretAccessKey: "admin-secret" };
const READER = { accessKeyId: "READER", secretAccessKey: "reader-secret" };
const HELD = { "x-amz-object-lock-legal-hold": "ON" };

/** One plaintext object, and somebody who lacks rights. */
async function lockWorld(deny: readonly string[], lock: "on" | "off" | "by default") {
  const world = await startWorld({ profile: "reference", credentials: [ADMIN, { ...READER, deny }] });
  if (lock === "by default") await createLockingBucket(world.raw, BUCKET);
  else await createBucket(world.raw, BUCKET, lock === "on" ? { "x-amz-bucket-object-lock-enabled": "true" } : {});
  const md5 = createHash("md5").update("held").digest("base64");
  const headers = lock === "off" ? {} : { ...HELD, "content-md5": md5 };
  await sendOk(world.raw, { method: "PUT", path: `/${BUCKET}/held`, headers, body: Buffer.from("held") });
  const more: Partial<MigrateOptions> = { assume: undefined, credentials: READER };
  const head = async () => (await sendOk(world.raw, { method: "HEAD", path: `/${BUCKET}/held` })).headers;
  return { ...world, head, run: async () => migrate(await world.optionsFor(BUCKET, more)) };
}

describe("migrate of a bucket with object lock", () => {
  it("keeps the lock, and leaves nothing of the probe behind, with all permissions", async () => {
    const { run, head, raw } = await lockWorld([], "on");
    const { summary } = await run();
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect(await head()).toMatchObject({ "x-amz-server-side-encryption": "AES256", ...HELD });
    expect(await everythingIn(raw, BUCKET)).not.toContain("bucketseal");
  });

  it("loses a legal hold that HEAD hides for lack of permission, with --assume documented", async () => {
    const { head, optionsFor } = await lockWorld(["s3:GetObjectLegalHold"], "on");
    await migrate(await optionsFor(BUCKET, { assume: "documented", credentials: READER }));
    expect(await head()).toMatchObject({ "x-amz-server-side-encryption": "AES256" });
    expect(await head()).not.toHaveProperty("x-amz-object-lock-legal-hold");
  });

  it.each(["s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectRetention", "s3:PutObjectLegalHold"])(
    "ends before it changes anything, and names the missing permission %s",
    async (right) => {
      const { run, head, raw } = await lockWorld([right], "on");
      const error = await run().catch((thrown: unknown) => thrown);
      expect((error as RunError).message).toContain(`rights are missing that copies need, ${right}: grant them`);
      expect(await head()).not.toHaveProperty("x-amz-server-side-encryption");
      expect(await everythingIn(raw, BUCKET)).not.toContain("bucketseal");
    },
  );

  it("writes nothing if the lock configuration cannot be read either", async () => {
    const deny = ["s3:GetBucketObjectLockConfiguration", "s3:GetObjectLegalHold"];
    const { run, sandbox } = await lockWorld(deny, "on");
    sandbox.resetCalls();
    await expect(run()).rejects.toThrow("copies need, s3:GetObjectLegalHold: grant");
    expect(sandbox.calls).not.toHaveProperty("PutObject");
    expect(sandbox.calls).not.toHaveProperty("CopyObject");
  });

  it("writes no test object if the bucket locks by default", async () => {
    const { run, sandbox } = await lockWorld(["s3:GetObjectLegalHold"], "by default");
    sandbox.resetCalls();
    await expect(run()).rejects.toThrow("copies need, s3:GetObjectLegalHold: grant");
    expect(sandbox.calls).not.toHaveProperty("PutObject");
  });
});

it("a bucket without object lock needs no permissions for locks", async () => {
  const { run } = await lockWorld(["s3:PutObjectRetention", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], "off");
  expect((await run()).summary.total.outcomes.migrated.objects).toBe(1);
});
