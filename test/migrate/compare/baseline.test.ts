import { describe, expect, it } from "vitest";
import { createSampler, oneOf } from "../../../migrate/compare/baseline.js";
import { baselineEntry } from "../../../migrate/compare/baseline-entry.js";
import { compareSample } from "../../../migrate/compare/sample.js";
import type { Observation, OutcomeRecord } from "../../../migrate/journal/record.js";
import { outcomeRecord, versionRecord } from "../fixtures/records.js";

const line = { run: "a".repeat(64), segment: "journal/000001.ndjson", line: 7 };
const run = {
  command: "audit",
  provider: "ovhcloud",
  tool: { name: "bucketseal", version: "1.0.0", node: "20" },
} as const;
const source = { line, run, toolVersion: "1.0.0", provider: "ovhcloud" };
const { before } = outcomeRecord();
const LATER = "2026-01-01T00:01:00.000Z";

const encrypted = (changes: Partial<OutcomeRecord> = {}) =>
  outcomeRecord({
    before: { ...before, state: "sse-s3" },
    decision: { kind: "skip", reason: "sse-s3" },
    outcome: { kind: "already-encrypted", reason: "sse-s3" },
    at: LATER,
    ...changes,
  });

describe("baselineEntry", () => {
  it("accepts what HEAD showed, and points to its journal line", () => {
    expect(baselineEntry(encrypted(), source)).toMatchObject({
      key: "k",
      line,
      seen: { state: "sse-s3" },
      unencrypted: null,
    });
  });

  it("uses the state read back after the copy, not the state before it", () => {
    const after = { ...before, state: "sse-s3", etag: "after" } as const;
    const migrated = encrypted({ before, after, outcome: { kind: "migrated", strategy: "copy", guard: "source" } });
    expect(baselineEntry(migrated, source)?.seen).toEqual(after);
  });

  it.each([
    ["an inventory's word", { before: { ...before, state: "sse-s3", evidence: "inventory" } }],
    ["a provider's statement", { before: { ...before, state: "provider-managed", evidence: "provider-statement" } }],
    ["a customer key, which an audit does not have", { before: { ...before, state: "sse-c" } }],
    ["what could not be seen", { before: { ...before, state: "unknown", evidence: null } }],
    ["what vanished", { outcome: { kind: "vanished" } }],
    ["a failure", { outcome: { kind: "failed", reason: "store-error", detail: "" } }],
    ["a look without a date", { before: { ...before, state: "sse-s3", lastModified: null } }],
    ["evidence of a baseline that names no line", { before: { ...before, state: "sse-s3", evidence: "baseline" } }],
  ] as const)("rejects %s", (_, changes) => {
    expect(baselineEntry(encrypted(changes as Partial<OutcomeRecord>), source)).toBeNull();
  });

  it("rejects an observation made in the second of the last write, when another write keeps the date", () => {
    const at = (time: string) => baselineEntry(encrypted({ at: `2026-01-01T00:00:${time}Z`, durationMs: 500 }), source);
    expect(at("00.900")).toBeNull();
    expect(at("02.400")).toBeNull();
    expect(at("02.500")).not.toBeNull();
  });

  it("accepts such an observation if the version has an ID", () => {
    const seen = (versionId: string) =>
      baselineEntry(
        encrypted({ at: before.lastModified ?? "", before: { ...before, state: "sse-s3", versionId } }),
        source,
      );
    expect(seen("v1")).not.toBeNull();
    expect(seen("null")).toBeNull();
  });

  it("points past a line taken from an earlier baseline to the line that was read", () => {
    const earlier = { run: "b".repeat(64), segment: "journal/000002.ndjson", line: 3 };
    const taken = encrypted({
      before: { ...before, state: "sse-s3", evidence: "baseline" },
      baseline: { ...earlier, use: "taken" },
    });
    expect(baselineEntry(taken, source)?.line).toEqual(earlier);
    const sampled = encrypted({ baseline: { ...earlier, use: "sampled" } });
    expect(baselineEntry(sampled, source)?.line).toEqual(line);
  });

  it("repeats an unencrypted outcome only of an audit by the same version and provider", () => {
    const plain = outcomeRecord({ at: LATER });
    expect(baselineEntry(plain, source)?.unencrypted).toMatchObject({
      outcome: { kind: "skipped", reason: "audit-only" },
    });
    expect(baselineEntry(plain, { ...source, toolVersion: "2.0.0" })?.unencrypted).toBeNull();
    expect(baselineEntry(plain, { ...source, provider: "aws" })?.unencrypted).toBeNull();
    expect(baselineEntry(plain, { ...source, run: { ...run, command: "migrate" } })?.unencrypted).toBeNull();
    const archived = outcomeRecord({ at: LATER, decision: { kind: "skip", reason: "archived" } });
    expect(baselineEntry(archived, source)?.unencrypted).toBeNull();
  });

  it("accepts noncurrent versions that still exist", () => {
    const seen = { ...before, state: "sse-s3", versionId: "v1" } as const;
    const known = versionRecord({ before: seen, outcome: { kind: "encrypted", reason: "sse-s3" } });
    expect(baselineEntry(known, source)?.seen.versionId).toBe("v1");
    expect(baselineEntry(versionRecord({ before: seen, outcome: { kind: "removed" } }), source)).toBeNull();
  });
});

const drawn = (count: number, every: number, seed: number) => {
  const isDrawn = createSampler({ every, seed });
  return Array.from({ length: count }, isDrawn).flatMap((taken, index) => (taken ? [index] : []));
};

describe("oneOf", () => {
  it.each([
    [1, 20_000, 100],
    [100, 20_000, 1],
    [3, 1_000_000, 100 / 3],
    [1, 300, 10],
    [1, 5, 1],
    [0, 3_000, 100],
    [0, 0, 1],
  ])("returns for %s % of %s lines: one of %s", (percent, lines, every) => {
    expect(oneOf(percent, lines)).toBe(every);
  });
});

describe("createSampler", () => {
  it("draws one item of each block, determined by the seed", () => {
    const first = drawn(20_000, 100, 1);
    expect(first).toHaveLength(200);
    expect(first.map((index) => Math.floor(index / 100))).toEqual(Array.from({ length: 200 }, (_, block) => block));
    expect(drawn(20_000, 100, 1)).toEqual(first);
    expect(drawn(20_000, 100, 2)).not.toEqual(first);
  });

  it("draws every item if blocks have one item, and supports fractional block sizes", () => {
    expect(drawn(50, 1, 9)).toHaveLength(50);
    expect(drawn(10_000, 100 / 3, 9)).toHaveLength(300);
    expect(drawn(10_000, 1.5, 9)).toHaveLength(6667);
  });

  it("draws every position of a block about equally often", () => {
    const places = drawn(100_000, 10, 4).map((index) => index % 10);
    const counts = Array.from({ length: 10 }, (_, place) => places.filter((drawnPlace) => drawnPlace === place).length);
    expect(Math.min(...counts)).toBeGreaterThan(880);
    expect(Math.max(...counts)).toBeLessThan(1120);
  });
});

const said: Observation = { ...outcomeRecord().before, state: "sse-s3", versionId: "v1" };
const entry = {
  bucket: "b",
  key: "k",
  seen: said,
  line: { run: "a".repeat(64), segment: "journal/000001.ndjson", line: 1 },
  unencrypted: null,
  differs: null,
};
const found = (changes: Partial<Observation>) =>
  compareSample(entry, outcomeRecord({ before: { ...said, ...changes } }));

describe("compareSample", () => {
  it("agrees if all is equal, even if HEAD lacks the version ID and fractions of a second", () => {
    expect(found({})).toEqual({ kind: "agrees" });
    expect(found({ versionId: null, lastModified: "2026-01-01T00:00:00.750Z" })).toEqual({ kind: "agrees" });
  });

  it.each([
    [{ state: "none" }, "encryption was sse-s3, and is none"],
    [{ state: "sse-c" }, "encryption was sse-s3, and is sse-c"],
    [{ etag: "other" }, "ETag was e, and is other"],
    [{ sizeBytes: 2 }, "size was 1, and is 2"],
  ] as const)("contradicts the baseline if the date is equal but the object has %o", (changes, words) => {
    expect(found(changes)).toMatchObject({
      kind: "contradicts",
      contradiction: { key: "k", said: "sse-s3", detail: `${words}; its date is the same` },
    });
  });

  it("returns changed for an object written or deleted since, and unread for one that failed", () => {
    expect(found({ state: "none", lastModified: "2026-01-02T00:00:00.000Z" })).toEqual({ kind: "changed" });
    expect(found({ state: "none", versionId: "v2" })).toEqual({ kind: "changed" });
    expect(compareSample(entry, outcomeRecord({ outcome: { kind: "vanished" } }))).toEqual({ kind: "changed" });
    const outcome = { kind: "failed", reason: "throttled", detail: "" } as const;
    expect(compareSample(entry, outcomeRecord({ outcome }))).toEqual({ kind: "unread" });
  });
});
