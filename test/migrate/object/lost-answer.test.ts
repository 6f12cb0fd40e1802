import { describe, expect, test } from "vitest";
import type { Loss } from "../../../migrate/model/object.js";
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
