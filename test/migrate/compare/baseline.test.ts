import { describe, expect, it } from "vitest";
import { createSampler, oneOf } from "../../../migrate/compare/baseline.js";
import { baselineEntry } from "../../../migrate/compare/baseline-entry.js";
import { compareSample } from "../../../migrate/compare/sample.js";
import type { Observation, OutcomeRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { outcomeRecord, versionRecord } from "../fixtures/records.js";

const line = { run: "a".repeat(64), segment: "journal/000001.ndjson", line: 7 };
const run = {
  command: "audit",
  provider: "ovhcloud",
  tool: { name: "bucketseal", version: "1.0.0", node: "20" },
  buckets: [],
  sessions: [],
} satisfies Partial<RunRecord>;
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
    expect(baselineEntry(migrated, source)).toMatchObject({ line, seen: after });
  });

  it.each([
    ["an inventory's word", "no-evidence", { before: { ...before, state: "sse-s3", evidence: "inventory" } }],
    [
      "a provider's statement",
      "no-evidence",
      { before: { ...before, state: "provider-managed", evidence: "provider-statement" } },
    ],
    ["a customer key, which an audit does not have", "customer-key", { before: { ...before, state: "sse-c" } }],
    ["what could not be seen", "no-evidence", { before: { ...before, state: "unknown", evidence: null } }],
    ["a failure", "failed", { outcome: { kind: "failed", reason: "store-error", detail: "" } }],
    ["a look without a date", "no-evidence", { before: { ...before, state: "sse-s3", lastModified: null } }],
    [
      "evidence of a baseline that names no line",
      "no-evidence",
      { before: { ...before, state: "sse-s3", evidence: "baseline" } },
    ],
  ] as const)("rejects %s, with the reason %s", (_, unusable, changes) => {
    expect(baselineEntry(encrypted(changes as Partial<OutcomeRecord>), source)).toMatchObject({ key: "k", unusable });
  });

  it("has no entry for an object that did not exist", () => {
    expect(baselineEntry(encrypted({ outcome: { kind: "vanished" } }), source)).toBeNull();
  });

  describe("of a copy that a migration looked at right away", () => {
    const START = "2025-12-31T23:59:59.000Z";
    const bucket = (changes: object = {}, atEnd: object | undefined = { defaultEncryption: "sse-s3" }) => ({
      bucket: "b",
      defaultEncryption: { before: "sse-s3", after: "sse-s3", ...changes },
      atEnd,
    });
    const entryOf = (
      { buckets = [bucket()], startedAt = START }: { buckets?: object[]; startedAt?: string },
      changes: Partial<Observation> = {},
      outcome: OutcomeRecord["outcome"] = { kind: "migrated", strategy: "copy", guard: "source" },
    ) => {
      const after = { ...before, state: "sse-s3", etag: "after", ...changes } as const;
      const record = encrypted({ before, after, outcome, at: before.lastModified ?? "", durationMs: 5 });
      const migration = { ...run, command: "migrate", buckets, sessions: [{ startedAt }] } as unknown as RunRecord;
      return baselineEntry(record, { ...source, run: migration });
    };

    it("accepts it if the bucket encrypted every write until the end of the run", () => {
      expect(entryOf({})).toMatchObject({ line, seen: { etag: "after" } });
      const long = bucket({ setAt: "2025-12-31T23:59:58.000Z" });
      expect(entryOf({ buckets: [long] })).toMatchObject({ line });
    });

    it.each([
      ["the bucket has no default", { buckets: [bucket({ after: "none" })] }],
      ["another default", { buckets: [bucket({ after: "sse-kms" })] }],
      ["the default was removed meanwhile", { buckets: [bucket({}, { defaultEncryption: "none" })] }],
      ["the run did not look at the bucket again", { buckets: [{ ...bucket(), atEnd: undefined }] }],
      ["another bucket has the default", { buckets: [{ ...bucket(), bucket: "other" }] }],
      ["the default was just set", { buckets: [bucket({ setAt: "2025-12-31T23:59:59.000Z" })] }],
      ["an earlier session copied it", { startedAt: "2026-01-01T00:00:01.000Z" }],
    ])("rejects it if %s", (_, given) => {
      expect(entryOf(given)).toMatchObject({ unusable: "just-written" });
    });

    it("rejects an ETag that an upload may have, a state that HEAD did not show, and any other outcome", () => {
      expect(entryOf({}, { etag: "after-2" })).toMatchObject({ unusable: "just-written" });
      expect(entryOf({}, { evidence: "write-response" })).toMatchObject({ unusable: "just-written" });
      const encryptedBefore = entryOf({}, {}, { kind: "already-encrypted", reason: "sse-s3" });
      expect(encryptedBefore).toMatchObject({ unusable: "just-written" });
    });
  });

  it("rejects an observation made in the second of the last write, when another write keeps the date", () => {
    const at = (time: string) => baselineEntry(encrypted({ at: `2026-01-01T00:00:${time}Z`, durationMs: 500 }), source);
    expect(at("00.900")).toMatchObject({ unusable: "just-written" });
    expect(at("02.400")).toMatchObject({ unusable: "just-written" });
    expect(at("02.500")).toMatchObject({ line });
  });

  it("accepts such an observation if the version has an ID", () => {
    const seen = (versionId: string) =>
      baselineEntry(
        encrypted({ at: before.lastModified ?? "", before: { ...before, state: "sse-s3", versionId } }),
        source,
      );
    expect(seen("v1")).toMatchObject({ line });
    expect(seen("null")).toMatchObject({ unusable: "just-written" });
  });

  it("points past a line taken from an earlier baseline to the line that was read", () => {
    const earlier = { run: "b".repeat(64), segment: "journal/000002.ndjson", line: 3 };
    const taken = encrypted({
      before: { ...before, state: "sse-s3", evidence: "baseline" },
      baseline: { ...earlier, use: "taken" },
    });
    expect(baselineEntry(taken, source)).toMatchObject({ line: earlier });
    const sampled = encrypted({ baseline: { ...earlier, use: "sampled" } });
    expect(baselineEntry(sampled, source)).toMatchObject({ line });
  });

  it("repeats an unencrypted outcome only of an audit by the same version and provider", () => {
    const plain = outcomeRecord({ at: LATER });
    expect(baselineEntry(plain, source)).toMatchObject({
      unencrypted: { outcome: { kind: "skipped", reason: "audit-only" } },
    });
    expect(baselineEntry(plain, { ...source, toolVersion: "2.0.0" })).toMatchObject({ unencrypted: null });
    expect(baselineEntry(plain, { ...source, provider: "aws" })).toMatchObject({ unencrypted: null });
    expect(baselineEntry(plain, { ...source, run: { ...run, command: "migrate" } })).toMatchObject({
      unencrypted: null,
    });
    const archived = outcomeRecord({ at: LATER, decision: { kind: "skip", reason: "archived" } });
    expect(baselineEntry(archived, source)).toMatchObject({ unencrypted: null });
  });

  it("accepts noncurrent versions that still exist", () => {
    const seen = { ...before, state: "sse-s3", versionId: "v1" } as const;
    const known = versionRecord({ before: seen, outcome: { kind: "encrypted", reason: "sse-s3" } });
    expect(baselineEntry(known, source)).toMatchObject({ line, seen: { versionId: "v1" } });
    expect(baselineEntry(versionRecord({ before: seen, outcome: { kind: "removed" } }), source)).toBeNull();
  });
});

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const drawn = (count: number, oneOf: number, seed: number) => numbers(count).filter(createSampler({ oneOf, seed }));

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

  it.each([1, 1.5, 100 / 3, 100, 1e9 / 30])(
    "draws the same lines in whatever order they are met, one of %s",
    (oneOf) => {
      const draw = createSampler({ oneOf, seed: 7 });
      const backwards = numbers(3000).toReversed().filter(draw).toReversed();
      expect(backwards).toEqual(drawn(3000, oneOf, 7));
      const halves = [1, 0].map((rest) => numbers(3000).filter((nth) => nth % 2 === rest && draw(nth)));
      expect(halves.flat().toSorted((a, b) => a - b)).toEqual(backwards);
    },
  );

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
