import { describe, expect, it } from "vitest";
import { compareLive, type LiveLook } from "../../../migrate/compare/compare-live.js";
import { expectedObject } from "../../../migrate/compare/expected-objects.js";
import { createDraw } from "../../../migrate/compare/look-again.js";
import type { Observation, OutcomeRecord } from "../../../migrate/journal/record.js";
import { outcomeRecord, versionRecord } from "../fixtures/records.js";

const before: Observation = { ...outcomeRecord().before, state: "sse-s3" };
const LATER = "2026-01-01T01:00:00.000Z";
const encrypted = { kind: "already-encrypted", reason: "sse-s3" } as const;

function compare(look: LiveLook, changes: Partial<OutcomeRecord> = {}, isVersioned = false) {
  const expected = expectedObject(outcomeRecord({ before, outcome: encrypted, at: LATER, ...changes }));
  if (expected === null) throw new Error("the line says nothing");
  const { kind, detail } = compareLive(expected, look, isVersioned);
  return detail === null ? kind : `${kind}: ${detail}`;
}
const found = (changes: Partial<Observation>): LiveLook => ({ kind: "found", now: { ...before, ...changes } });

describe("compareLive", () => {
  it("returns same for an object as reported, even if its storage class changed", () => {
    expect(compare(found({}))).toBe("same");
    expect(compare(found({ storageClass: "GLACIER", lastModified: "2026-01-01T00:00:00.750Z" }))).toBe("same");
  });

  it.each([
    [{ state: "none" }, "encryption was sse-s3, and is none"],
    [{ etag: "x" }, "ETag was e, and is x"],
    [{ sizeBytes: 2, state: "sse-kms" }, "encryption was sse-s3, and is sse-kms; size was 1, and is 2"],
  ] as const)("returns contradicts for the same object with %o", (changes, words) => {
    expect(compare(found(changes))).toBe(`contradicts: ${words}`);
  });

  it("returns changed if the object was written since, or a noncurrent version became current", () => {
    const written = { state: "none", lastModified: "2026-02-01T00:00:00.000Z" } as const;
    expect(compare(found(written))).toBe("changed: it was written on 2026-02-01T00:00:00.000Z");
    const older = { state: "none", lastModified: "2025-02-01T00:00:00.000Z" } as const;
    expect(compare(found(older), {}, true)).toBe("changed: newer versions were removed, and an older one is current");
    expect(compare(found(older), {}, false)).toContain("contradicts: encryption was sse-s3, and is none; date was");
  });

  it("compares version IDs if both sides have one", () => {
    const said = { before: { ...before, versionId: "v1" } };
    expect(compare(found({ versionId: "v2", state: "none" }), said)).toBe("changed: version v2 is current now");
    expect(compare(found({ versionId: "v1", state: "none" }), said)).toContain("contradicts: encryption");
    expect(compare(found({ versionId: "null", state: "none" }), { before: { ...before, versionId: null } })).toContain(
      "contradicts",
    );
  });

  it("returns changed, not contradicts, if a write may have come in the second of the observation", () => {
    const at = before.lastModified ?? "";
    expect(compare(found({ etag: "x" }), { at })).toBe("changed: it was written again in the same second as that look");
    expect(compare(found({ etag: "x" }), { at: LATER })).toContain("contradicts");
  });

  it("returns gone for a missing object, and changed for a vanished one that exists again", () => {
    expect(compare({ kind: "absent" })).toBe("gone");
    const vanished = { outcome: { kind: "vanished" } } as const;
    expect(compare({ kind: "absent" }, vanished)).toBe("same");
    expect(compare(found({}), vanished)).toBe("changed: it is there again");
  });

  it("returns contradicts if a removed noncurrent version still exists", () => {
    const removed = expectedObject(versionRecord({ outcome: { kind: "removed" } }));
    if (removed === null) throw new Error("the line says nothing");
    expect(compareLive(removed, found({ versionId: "v0" }), true).kind).toBe("contradicts");
    expect(compareLive(removed, { kind: "absent" }, true).kind).toBe("same");
  });

  it("judges objects under customer keys by their listing", () => {
    const vaulted = {
      before: { ...before, state: "sse-c" },
      outcome: { kind: "skipped", reason: "sse-c-without-key" },
    } as const;
    const listed = { etag: "e", lastModified: before.lastModified, sizeBytes: 1 };
    expect(compare({ kind: "wants-key", listed }, vaulted)).toBe("needs-key");
    expect(compare({ kind: "wants-key", listed: { ...listed, lastModified: LATER } }, vaulted)).toContain(
      "changed: it was written since",
    );
    expect(compare(found({ state: "sse-c" }), vaulted)).toBe("same");
    expect(compare({ kind: "wants-key", listed })).toContain("contradicts: its encryption was sse-s3");
    expect(compare({ kind: "wants-key", listed: { ...listed, etag: "x" } })).toContain("changed: its encryption");
  });

  it("skips lines that claim nothing about the bucket", () => {
    const outcome = { kind: "failed", reason: "throttled", detail: "" } as const;
    expect(expectedObject(outcomeRecord({ outcome }))).toBeNull();
    expect(compare({ kind: "unread", detail: "403" })).toBe("unread: 403");
  });
});

const drawn = (total: number, count: number, seed: number) => {
  const isDrawn = createDraw({ total, count, seed });
  return Array.from({ length: total }, isDrawn).flatMap((taken, index) => (taken ? [index] : []));
};

it("createDraw draws exactly the requested number, and the same ones for the same seed", () => {
  expect(drawn(1000, 100, 1)).toHaveLength(100);
  expect(drawn(1000, 100, 1)).toEqual(drawn(1000, 100, 1));
  expect(drawn(1000, 100, 2)).not.toEqual(drawn(1000, 100, 1));
  expect(drawn(7, 7, 3)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(drawn(5, 1, 3)).toHaveLength(1);
});

it("createDraw draws every position about equally often", { tags: ["slow"] }, () => {
  const counts = Array.from({ length: 20 }, () => 0);
  for (let seed = 0; seed < 4000; seed += 1)
    for (const index of drawn(20, 5, seed)) counts[index] = (counts[index] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(880);
  expect(Math.max(...counts)).toBeLessThan(1120);
});
