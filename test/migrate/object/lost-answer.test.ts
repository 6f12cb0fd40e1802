import { describe, expect, test } from "vitest";
import type { Loss, ObjectFacts } from "../../../migrate/model/object.js";
import { kmsKey, sseKms } from "../../../migrate/model/target-sse-kms.js";
import { landedCopy } from "../../../migrate/object/lost-answer.js";
import { capabilities, carried, facts, policy } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

describe("landedCopy", () => {
  const before = facts({
    etag: `${"a".repeat(32)}-2`,
    userMetadata: { a: "b" },
    lock: { mode: null, retainUntil: null, legalHold: "ON" },
  });
  /** What it resolves with for an encrypted object without the metadata and the lock, and the keys that it locked. */
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
