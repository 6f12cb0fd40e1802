import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import type { Loss, ObjectFacts } from "../../../migrate/model/object.js";
import { kmsKey, sseKms } from "../../../migrate/model/target-sse-kms.js";
import { landedCopy } from "../../../migrate/object/lost-answer.js";
import { isLongWait, resultOfDecision, resultOfInspection } from "../../../migrate/object/object-result.js";
import { plan } from "../../../migrate/plan/plan.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { capabilities, carried, facts, policy } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const REF = {
  bucket: "b",
  key: "k",
  sizeBytes: 7,
  etag: "e",
  lastModified: "2026-01-01T00:00:00.000Z",
  storageClass: "GLACIER",
};

const found = (changes: Parameters<typeof facts>[0], mode: "audit" | "dry-run" | "migrate") => {
  const of = facts(changes);
  return resultOfDecision(of, plan(of, policy(), capabilities()), mode);
};

describe("resultOfInspection", () => {
  test("keeps the values of the listing for a vanished object", () => {
    const { before, outcome } = resultOfInspection(REF, { kind: "vanished" });
    expect(before).toMatchObject({ state: "unknown", evidence: null, sizeBytes: 7, storageClass: "GLACIER" });
    expect(outcome).toEqual({ kind: "vanished" });
  });

  test("skips an SSE-C object without its key", () => {
    const { before, outcome, requestIds } = resultOfInspection(REF, { kind: "sse-c", requestId: "R" });
    expect(before.state).toBe("sse-c");
    expect(outcome).toEqual({ kind: "skipped", reason: "sse-c-without-key" });
    expect(requestIds).toEqual(["R"]);
  });

  test.each([
    ["access-denied", "access-denied"],
    ["invalid-credentials", "access-denied"],
    ["throttled", "throttled"],
    ["unreachable", "unreachable"],
    ["tls", "unreachable"],
    ["server-error", "store-error"],
    ["bad-request", "store-error"],
  ] as const)("fails on %s with reason %s and the error of the store", (kind, reason) => {
    const { outcome, before } = resultOfInspection(REF, { kind: "failed", error: storeError(kind) });
    expect(outcome).toEqual({ kind: "failed", reason, detail: `headObject: ${kind}: for the test` });
    expect(before.state).toBe("unknown");
  });
});

describe("resultOfDecision", () => {
  test.each([
    ["audit", "audit-only"],
    ["dry-run", "dry-run"],
  ] as const)("skips a plaintext object in %s mode, and keeps the planned copy", (mode, reason) => {
    const { outcome, decision, after } = found({}, mode);
    expect(outcome).toEqual({ kind: "skipped", reason });
    expect(decision).toEqual({ kind: "copy", reason: "unencrypted" });
    expect(after).toBeNull();
  });

  test.each([
    ["sse-s3", "sse-s3"],
    ["sse-kms", "stronger-encryption"],
    ["dsse-kms", "stronger-encryption"],
    ["provider-managed", "provider-managed"],
  ] as const)("counts %s as already encrypted in every mode", (state, reason) => {
    const encryption = { state, evidence: "head-header" } as const;
    for (const mode of ["audit", "dry-run", "migrate"] as const) {
      expect(found({ encryption }, mode).outcome).toEqual({ kind: "already-encrypted", reason });
    }
  });

  test("skips an archived object", () => {
    expect(found({ archived: true }, "migrate").outcome).toEqual({ kind: "skipped", reason: "archived" });
  });

  test("notes client-side encryption only", () => {
    expect(found({ clientSideEncrypted: true }, "audit").notes).toHaveLength(1);
    expect(found({}, "audit").notes).toEqual([]);
  });
});

describe("landedCopy", () => {
  const before = facts({
    etag: `${"a".repeat(32)}-2`,
    userMetadata: { a: "b" },
    lock: { mode: null, retainUntil: null, legalHold: "ON" },
  });
  /** The result for an encrypted object without the metadata and the lock, and the keys that it locked. */
  const landed = async (etag: string, ...losses: readonly Loss[]) => {
    const held: string[] = [];
    const store = fakeStore({ putObjectLegalHold: async ({ key }) => void held.push(key) });
    const given = carried({ losses: losses.map((of) => ({ of, words: "accepted" })) });
    const copy = { facts: before, carried: given, strategy: "copy-multipart", answer: "lost" } as const;
    const seen = facts({ etag, encryption: { state: "sse-s3", evidence: "head-header" } });
    const context = { store, policy: policy(), mode: "migrate" } as const;
    const result = await landedCopy(copy, seen, capabilities(), context);
    return { kind: result?.outcome.kind ?? null, held };
  };

  test("recognises a copy by its ETag, and puts its lock again, if its metadata may be lost", async () => {
    expect(await landed(before.etag, "metadata")).toEqual({ kind: "migrated", held: ["key"] });
  });

  test.each<Loss>(["metadata", "storage-class", "tags"])(
    "takes no object with another ETag for the copy, and locks none, if its %s may be lost",
    async (loss) => expect(await landed("b".repeat(32), loss, "metadata")).toEqual({ kind: null, held: [] }),
  );

  test("takes no object without the metadata for the copy if nothing may be lost", async () => {
    expect(await landed(before.etag)).toEqual({ kind: null, held: [] });
  });
});

describe("landedCopy of an update of the encryption", () => {
  const ARN = "arn:aws:kms:r:111122223333:key/1";
  const before = facts({ versionId: "v1", tagCount: 1, encryption: { state: "sse-s3", evidence: "head-header" } });
  const after = facts({ ...before, kmsKeyId: ARN, encryption: { state: "sse-kms", evidence: "head-header" } });
  /** No call is made: the store would reject it. */
  const landed = async (changes: Partial<ObjectFacts>) => {
    const copy = { facts: before, carried: carried(), strategy: "update-encryption", answer: "lost" } as const;
    const context = {
      store: fakeStore({}),
      policy: policy({ target: sseKms(kmsKey(ARN, false)) }),
      mode: "migrate",
    } as const;
    return (await landedCopy(copy, { ...after, ...changes }, capabilities(), context))?.outcome ?? null;
  };

  test("recognises the same write under the key, whatever others did to its tags and its lock", async () => {
    const migrated = { kind: "migrated", strategy: "update-encryption", guard: "nothing-replaced" };
    expect(await landed({})).toEqual(migrated);
    expect(await landed({ tagCount: 3, lock: { ...before.lock, legalHold: "ON" } })).toEqual(migrated);
  });

  test.each<[string, Partial<ObjectFacts>]>([
    ["another version", { versionId: "v2" }],
    ["another date", { lastModified: "2026-01-02T03:04:06.000Z" }],
    ["another ETag", { etag: "b".repeat(32) }],
    ["another key", { kmsKeyId: `${ARN}1` }],
    ["the encryption that it had", { encryption: before.encryption }],
    ["another class", { storageClass: "STANDARD_IA" }],
  ])("does not recognise %s", async (_title, changes) => expect(await landed(changes)).toBeNull());
});

test("isLongWait distinguishes short and long waits, and passes on a rejection", async () => {
  expect(await isLongWait(Promise.resolve())).toBe(false);
  expect(await isLongWait(sleep(300))).toBe(true);
  await expect(isLongWait(Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("an object that becomes public while the canary runs stays public", async () => {
  let meddled = false;
  const world = await startWorld({
    intercept: async ({ operation, key }) => {
      // The test object is put once the first real one was looked at.
      if (meddled || operation !== "PutObject" || !key.includes("bucketseal-canary")) return undefined;
      meddled = true;
      await sendOk(world.raw, {
        method: "PUT",
        path: pathOf("bucket", "a", "?acl"),
        headers: { "x-amz-acl": "public-read" },
      });
      return { kind: "delay", ms: 400 };
    },
  });
  await fillBucket(world.raw, "bucket", [{ key: "a", body: Buffer.from("1") }]);
  const { runDir } = await migrate(await world.optionsFor("bucket", { race: "off" }));
  expect(meddled).toBe(true);
  const after = await readObject(world.raw, "bucket", "a");
  expect(after.encryption).toBe("AES256");
  expect(after.grants.join()).toContain("AllUsers");
  // The wait is no change of somebody else's.
  expect((await outcomesOf(runDir)).get("a")).toMatchObject({ attempts: 1, notes: [] });
});
