import { describe, expect, it } from "vitest";
import type { BaselineRecord, KeyManifestRecord } from "../../../migrate/journal/input-records.js";
import type { OutcomeRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { givenFileCaveats, givenFileFacts } from "../../../migrate/report/run-words.js";
import { capabilityWords } from "../../../migrate/report/words.js";
import { capabilities } from "../fixtures/facts.js";
import { alreadyEncrypted, aRun, closedJournal, seen, surveyOf } from "../fixtures/records.js";

it("capabilityWords lists what decides how objects are copied, and the source of that knowledge", () => {
  const values = { ...capabilities({ copyIfMatch: false, completeMultipartIfMatch: true }) };
  const words = capabilityWords({ from: "probe", values });
  expect(words).toMatch(/^probed: If-Match on copy no, on completing an upload yes, /);
  expect(capabilityWords({ from: "documents", values })).toBe(words.replace("probed", "documented"));
});

it("capabilityWords omits unknown capabilities, and says if the bucket was not probed", () => {
  expect(capabilityWords({ from: "probe", values: { copyIfMatch: true } })).toBe("probed: If-Match on copy yes");
  expect(capabilityWords(undefined)).toBe("not probed");
});

const RUN = "a".repeat(64);
const baseline: BaselineRecord = {
  run: RUN,
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: null,
  lines: 1000,
  origins: [],
  samplePercent: 1,
  oneOf: 100 / 3,
  seed: 7,
  dropped: null,
};
const file = { name: "keys\u202e.txt", sha256: "b".repeat(64) };
const keyManifest: KeyManifestRecord = { format: "keys", files: [file], createdAt: null, lines: 12, outside: 3 };

async function caveatsOf(records: readonly OutcomeRecord[], run: Partial<RunRecord>) {
  const { summary } = await surveyOf(closedJournal(records));
  return givenFileCaveats(summary.total, aRun(run));
}
const taken = alreadyEncrypted({ before: seen({ state: "sse-s3", evidence: "baseline" }) });

describe("baseline and key manifest in the report", () => {
  it("are named with digests, the lines used and the seed of the sample", () => {
    expect(givenFileFacts(aRun({ keyManifest, baseline }))).toEqual([
      [
        "Limited to",
        `12 lines of the list of keys keys\u202e.txt (SHA-256 ${file.sha256}); 3 more lines name objects elsewhere`,
      ],
      [
        "Baseline",
        `run ${RUN} of 2026-01-01 00:00:00 UTC, 1,000 lines that could count; it was consistent, and no key was given to check its signature; one of 33.3 was read again, drawn by seed 7`,
      ],
    ]);
    expect(givenFileFacts(aRun())).toEqual([]);
  });

  it("appear in the caveats as evidence of others, with harmless characters", async () => {
    expect(await caveatsOf([taken], { baseline, keyManifest })).toEqual([
      "Every object that keys<U+202E>.txt does not name: this run was limited to it.",
      expect.stringMatching(
        /^The store's own answer about 1 object: .* \(a{64}; it was consistent, and no key was given[^)]*\), of which one of 33\.3 was read again/,
      ),
    ]);
    const listed = alreadyEncrypted({ before: seen({ state: "sse-s3", evidence: "inventory" }) });
    const inventory = { ...keyManifest, format: "inventory" } as const;
    expect((await caveatsOf([listed], { keyManifest: inventory }))[1]).toMatch(
      /about 1 object: their listing and their encryption are those of its inventory/,
    );
  });

  it("cause no caveat if nothing rests on them, and a full one if the baseline was discarded", async () => {
    expect(await caveatsOf([alreadyEncrypted()], { baseline })).toEqual([]);
    const dropped = {
      bucket: "b",
      key: "k\n",
      versionId: null,
      said: "sse-s3",
      found: "none",
      detail: "encryption was",
      at: "",
    } as const;
    const run = { baseline: { ...baseline, dropped } };
    expect(await caveatsOf([alreadyEncrypted()], run)).toEqual([
      expect.stringContaining("s3://b/k<U+000A> contradicted it (encryption was), so every object was read"),
    ]);
    expect(givenFileFacts(aRun(run))[0]?.[1]).toContain("dropped, because a sampled object contradicted it");
  });
});
