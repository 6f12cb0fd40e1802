import { describe, expect, it } from "vitest";
import { unfoundedEvidence } from "../../../migrate/evidence/check-journal.js";
import type { BaselineRecord, KeyManifestRecord } from "../../../migrate/journal/input-records.js";
import type { OutcomeRecord } from "../../../migrate/journal/record.js";
import { outcomeRecord, versionRecord } from "../fixtures/records.js";

const [FIRST, SECOND, STRANGE] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
const baseline: BaselineRecord = {
  run: SECOND,
  startedAt: null,
  endedAt: null,
  lines: 2,
  origins: [{ run: FIRST, startedAt: null, lines: 2 }],
  samplePercent: 1,
  oneOf: 100,
  seed: 1,
  dropped: null,
};
const contradicted = {
  bucket: "b",
  key: "k",
  versionId: null,
  said: "none",
  found: "none",
  detail: "",
  at: "",
} as const;
const keyManifest: KeyManifestRecord = { format: "inventory", files: [], createdAt: null, lines: 1, outside: 0 };
const line = (run: string, use: "taken" | "sampled") => ({ run, segment: "journal/000001.ndjson", line: 1, use });
const record = (evidence: OutcomeRecord["before"]["evidence"], more: Partial<OutcomeRecord> = {}) =>
  outcomeRecord({ before: { ...outcomeRecord().before, evidence }, ...more });

describe("unfoundedEvidence", () => {
  it("accepts observations of the run itself, and lines backed by sources in run.json", () => {
    const run = { command: "audit", baseline, keyManifest } as const;
    expect(unfoundedEvidence(record("head-header"), { command: "migrate" })).toBeUndefined();
    expect(unfoundedEvidence(record("baseline", { baseline: line(FIRST, "taken") }), run)).toBeUndefined();
    expect(unfoundedEvidence(record("head-header", { baseline: line(SECOND, "sampled") }), run)).toBeUndefined();
    expect(unfoundedEvidence(record("inventory"), run)).toBeUndefined();
  });

  it.each([
    ["that names no line of a baseline", record("baseline"), { command: "audit", baseline }, "names no line of one"],
    [
      "that claims to have been read",
      record("head-header", { baseline: line(FIRST, "taken") }),
      { command: "audit", baseline },
      "yet its evidence is head-header",
    ],
    [
      "of a run without one",
      record("baseline", { baseline: line(FIRST, "taken") }),
      { command: "audit" },
      "the run used none",
    ],
    [
      "of a migration",
      record("baseline", { baseline: line(FIRST, "taken") }),
      { command: "migrate", baseline },
      "the run used none",
    ],
    [
      "of one that was dropped",
      record("baseline", { baseline: line(FIRST, "taken") }),
      { command: "audit", baseline: { ...baseline, dropped: contradicted } },
      "that was dropped",
    ],
    [
      "of a run that is not among its origins",
      record("head-header", { baseline: line(STRANGE, "sampled") }),
      { command: "audit", baseline },
      "does not rest on",
    ],
    [
      "that says why a baseline was not used, of a run without one",
      record("head-header", { readBecause: "changed" }),
      { command: "audit" },
      "but the run had none",
    ],
    [
      "by an inventory that was not given",
      record("inventory"),
      { command: "audit", keyManifest: { ...keyManifest, format: "keys" } },
      "but the run used none",
    ],
    [
      "by an inventory, of a migration",
      record("inventory"),
      { command: "migrate", keyManifest },
      "but the run used none",
    ],
  ] as const)("reports a line %s", (_, found, run, words) => {
    expect(unfoundedEvidence(found, run as Parameters<typeof unfoundedEvidence>[1])).toContain(words);
  });

  it("checks noncurrent versions too", () => {
    const before = { ...versionRecord().before, evidence: "baseline" } as const;
    expect(unfoundedEvidence(versionRecord({ before }), { command: "audit", baseline })).toContain("names no line");
  });
});
