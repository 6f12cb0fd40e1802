import { describe, expect, it } from "vitest";
import { baselineEntry } from "../../../migrate/compare/baseline-entry.js";
import type { OutcomeRecord } from "../../../migrate/journal/record.js";
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
