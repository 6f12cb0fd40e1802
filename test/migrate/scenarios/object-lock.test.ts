import { createHash } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import { type MigrateOptions, migrate, type RunError } from "../../../migrate/index.js";
import { createBucket, putObject, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { readBucket } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import { createLockingBucket, everythingIn } from "../fixtures/versioned-world.js";

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const iso = (inMs: number) => new Date(Date.now() + inMs).toISOString();

/** A bucket with Object Lock, and an object whose retention is over: the store's clock was behind when it was put. */
async function worldWithEnded() {
  let behindMs = HOUR_MS / 12;
  const world = await startWorld({ clock: () => new Date(Date.now() - behindMs) });
  await createBucket(world.raw, "locked", { "x-amz-bucket-object-lock-enabled": "true" });
  await putLocked(world.raw, "ended", retention("GOVERNANCE", iso(-HOUR_MS / 60)));
  behindMs = 0;
  return world;
}

async function putLocked(
  raw: RawS3,
  key: string,
  lock: Record<string, string>,
  body = Buffer.from(key),
): Promise<void> {
  const headers = { ...lock, "content-md5": createHash("md5").update(body).digest("base64") };
  await putObject(raw, "locked", { key, body, headers });
}

const retention = (mode: string, until: string) => ({
  "x-amz-object-lock-mode": mode,
  "x-amz-object-lock-retain-until-date": until,
});

test("locked objects keep mode, date and legal hold in single and multipart copies", async () => {
  const { raw, optionsFor } = await startWorld();
  await createBucket(raw, "locked", { "x-amz-bucket-object-lock-enabled": "true" });
  const held = { "x-amz-object-lock-legal-hold": "ON" };
  await putLocked(raw, "free", {});
  await putLocked(raw, "governance", retention("GOVERNANCE", iso(HOUR_MS)));
  await putLocked(raw, "compliance and held", { ...retention("COMPLIANCE", iso(HOUR_MS)), ...held });
  await putLocked(raw, "held", held);
  await putLocked(raw, "large", { ...retention("COMPLIANCE", iso(HOUR_MS)), ...held }, Buffer.alloc(6 * MIB, "large"));
  const before = await readBucket(raw, "locked");

  const { summary, run } = await migrate(await optionsFor("locked", { copyCutoff: MIB }));

  expect(summary.total.outcomes.migrated.objects).toBe(5);
  expect(run.buckets[0]?.warnings).toContainEqual(expect.stringContaining("Object Lock is on"));
  const after = await readBucket(raw, "locked");
  for (const [key, { headers, bodySha256 }] of before) {
    expect(after.get(key)).toMatchObject({ headers, bodySha256, encryption: "AES256" });
  }
});

/** So that copies in parts come before rewrites. */
const AS_CEPH = { provider: "ceph-rgw", race: "off", rewriteBelow: 0 } as const;

/** Held, under retention until the hour is over, both, and free. */
async function fillLocked(raw: RawS3): Promise<void> {
  await createBucket(raw, "locked", { "x-amz-bucket-object-lock-enabled": "true" });
  const held = { "x-amz-object-lock-legal-hold": "ON" };
  await putLocked(raw, "compliance and held", {
    ...retention("COMPLIANCE", iso(HOUR_MS)),
    ...held,
    "x-amz-tagging": "a=b",
  });
  await putLocked(raw, "free", {});
  await putLocked(raw, "governance", retention("GOVERNANCE", iso(HOUR_MS)));
  await putLocked(raw, "held", held);
}

test("a lock that the store drops in a multipart copy is put again, and the journal notes it", {
  tags: ["slow"],
}, async () => {
  const { raw, optionsFor } = await startWorld({ profile: "ceph-18" });
  await fillLocked(raw);
  const before = await readBucket(raw, "locked");

  const { runDir } = await migrate(await optionsFor("locked", { ...AS_CEPH, assume: undefined }));

  const after = await readBucket(raw, "locked");
  const outcomes = await outcomesOf(runDir);
  const note = "the store had dropped its lock in the copy: it was set on the copy again";
  for (const [key, { headers, bodySha256 }] of before) {
    const { etag: _, "x-amz-object-lock-mode": mode, ...kept } = headers;
    expect(after.get(key)).toMatchObject({ headers: { ...kept, ...(mode && { "x-amz-object-lock-mode": mode }) } });
    expect(after.get(key)).toMatchObject({ bodySha256, encryption: "AES256" });
    expect(outcomes.get(key)?.outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
    expect(outcomes.get(key)?.notes.includes(note)).toBe(key !== "free");
  }
});

test("an object with a dropped lock fails with the error of the store if the lock cannot be put again", {
  tags: ["slow"],
}, async () => {
  const refuse = { kind: "error", status: 403, code: "AccessDenied" } as const;
  const { raw, optionsFor } = await startWorld({
    profile: "ceph-18",
    intercept: ({ operation }) => (operation === "PutObjectLegalHold" ? refuse : undefined),
  });
  await fillLocked(raw);
  const { runDir, verdict } = await migrate(await optionsFor("locked", AS_CEPH));
  const outcomes = await outcomesOf(runDir);
  expect(outcomes.get("compliance and held")?.outcome).toMatchObject({
    kind: "failed",
    reason: "differs-after-copy",
    detail: expect.stringMatching(/legal hold.*the lock could not be set again: putObjectLegalHold: AccessDenied/),
  });
  expect(verdict.kind).not.toBe("sealed");
  expect(outcomes.get("governance")?.outcome.kind).toBe("migrated");
});

test("an unlocked object is refused if a default retention would lock its copy; a locked one is migrated", async () => {
  const { sandbox, raw, optionsFor } = await worldWithEnded();
  await putLocked(raw, "free", {});
  await putLocked(raw, "locked", retention("COMPLIANCE", iso(HOUR_MS)));
  const rule = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>365</Days></DefaultRetention></Rule>";
  const xml = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`;
  await sendOk(raw, { method: "PUT", path: "/locked?object-lock=", body: Buffer.from(xml) });
  const before = await readBucket(raw, "locked");

  const dryRun = await migrate(await optionsFor("locked", { dryRun: true }));
  expect(dryRun.summary.total.reasons["would-be-locked"]?.objects).toBe(2);
  sandbox.resetCalls();
  const { runDir, run, summary } = await migrate(await optionsFor("locked"));

  expect(run.buckets[0]?.objectLock).toBe("locks-by-default");
  const outcomes = await outcomesOf(runDir);
  for (const key of ["free", "ended"]) {
    expect(outcomes.get(key)?.outcome).toEqual({ kind: "refused", reason: "would-be-locked" });
    expect((await readBucket(raw, "locked")).get(key)).toEqual(before.get(key));
  }
  expect(outcomes.get("locked")?.outcome.kind).toBe("migrated");
  expect(summary.total.statesNow.none.objects).toBe(2);
});

test("an object with an expired retention is migrated without it", async () => {
  const { raw, optionsFor } = await worldWithEnded();
  const { runDir } = await migrate(await optionsFor("locked"));
  expect((await outcomesOf(runDir)).get("ended")?.outcome.kind).toBe("migrated");
  const after = (await readBucket(raw, "locked")).get("ended");
  expect(after?.encryption).toBe("AES256");
  expect(after?.headers).not.toHaveProperty("x-amz-object-lock-mode");
});

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

  it("loses a legal hold that HEAD hides for lack of permission, with --assume documented", {
    tags: ["slow"],
  }, async () => {
    const { head, optionsFor } = await lockWorld(["s3:GetObjectLegalHold"], "on");
    await migrate(await optionsFor(BUCKET, { assume: "documented", credentials: READER }));
    expect(await head()).toMatchObject({ "x-amz-server-side-encryption": "AES256" });
    expect(await head()).not.toHaveProperty("x-amz-object-lock-legal-hold");
  });

  it.each(["s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectRetention", "s3:PutObjectLegalHold"])(
    "ends before it changes anything, and names the missing permission %s",
    { tags: ["slow"] },
    async (right) => {
      const { run, head, raw } = await lockWorld([right], "on");
      const error = await run().catch((thrown: unknown) => thrown);
      expect((error as RunError).message).toContain(
        `lack permissions that copies need in bucket "${BUCKET}" (${right}): grant them`,
      );
      expect(await head()).not.toHaveProperty("x-amz-server-side-encryption");
      expect(await everythingIn(raw, BUCKET)).not.toContain("bucketseal");
    },
  );

  it("writes nothing if the lock configuration cannot be read either", async () => {
    const deny = ["s3:GetBucketObjectLockConfiguration", "s3:GetObjectLegalHold"];
    const { run, sandbox } = await lockWorld(deny, "on");
    sandbox.resetCalls();
    await expect(run()).rejects.toThrow("s3:GetObjectLegalHold): grant");
    expect(sandbox.calls).not.toHaveProperty("PutObject");
    expect(sandbox.calls).not.toHaveProperty("CopyObject");
  });

  it("writes no test object if the bucket locks by default", async () => {
    const { run, sandbox } = await lockWorld(["s3:GetObjectLegalHold"], "by default");
    sandbox.resetCalls();
    await expect(run()).rejects.toThrow("s3:GetObjectLegalHold): grant");
    expect(sandbox.calls).not.toHaveProperty("PutObject");
  });
});

it("a bucket without object lock needs no permissions for locks", { tags: ["slow"] }, async () => {
  const { run } = await lockWorld(["s3:PutObjectRetention", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], "off");
  expect((await run()).summary.total.outcomes.migrated.objects).toBe(1);
});
