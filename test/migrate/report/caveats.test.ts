import { describe, expect, it } from "vitest";
import type { JournalRecord, OutcomeRecord } from "../../../migrate/journal/record.js";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { caveats } from "../../../migrate/report/caveats.js";
import { checkpoint, versionCheckpoint } from "../fixtures/records.js";
import { alreadyEncrypted, aRun, bucketFindings, migrated, seen } from "./a-run.js";
import { closedJournal, surveyOf } from "./journal-of.js";

async function caveatsOf(buckets: BucketFindings[], more: readonly JournalRecord[] = []) {
  const { summary } = await surveyOf([...closedJournal([migrated()]), ...more]);
  return caveats(summary, aRun({ buckets }));
}

describe("caveats", () => {
  it("are none where all was covered", async () => {
    expect(await caveatsOf([bucketFindings()])).toEqual([]);
  });

  it.each<[string, Partial<BucketFindings>, string]>([
    ["older versions were not looked at", { versioning: "enabled" }, "Older versions"],
    [
      "nobody knows whether there are older versions",
      { versioning: "unreadable" },
      "whether it does could not be read",
    ],
    ["uploads are still open", { openMultipartUploads: 2 }, "still open in b"],
    ["uploads could not be listed", { openMultipartUploads: null }, "still open in b"],
    ["new objects arrive unencrypted", { defaultEncryption: { before: "none", after: "none" } }, "yet to come"],
    ["the default could not be read", { defaultEncryption: { before: "none", after: "unreadable" } }, "yet to come"],
  ])("say that %s", async (_, changes, words) => {
    expect(await caveatsOf([bucketFindings(changes)])).toEqual([expect.stringContaining(words)]);
  });

  it("do not speak of older versions that were looked at", async () => {
    const versioned = bucketFindings({ versioning: "enabled" });
    expect(await caveatsOf([versioned], [versionCheckpoint({ end: true })])).toEqual([]);
  });

  it("say why older versions could not all be looked at, and how many the filters left out", async () => {
    const versioned = bucketFindings({ versioning: "enabled" });
    const refused = versionCheckpoint({ filteredOut: 2, refused: "listVersions: AccessDenied" });
    expect(await caveatsOf([versioned], [refused])).toEqual([
      "2 older versions left out by the filters of this run.",
      "Older versions of objects, which could not all be looked at: listVersions: AccessDenied.",
    ]);
  });

  it("say one thing once, of however many buckets", async () => {
    const buckets = Array.from({ length: 8 }, (_, i) => bucketFindings({ bucket: `b${i}`, versioning: "enabled" }));
    expect(await caveatsOf(buckets)).toEqual([expect.stringContaining("b0, b1, b2, b3, b4 and 3 more")]);
  });

  it("say nothing of what was opened with a customer key, before or after", async () => {
    const under = (changes: Partial<OutcomeRecord>) =>
      alreadyEncrypted({ before: seen({ state: "sse-c" }), ...changes });
    const opened = [
      under({ outcome: { kind: "already-encrypted", reason: "customer-key" } }),
      under({
        after: seen({ state: "sse-c" }),
        decision: { kind: "copy", reason: "sse-c-to-other-key" },
        outcome: { kind: "migrated", strategy: "copy", guard: "source" },
      }),
    ];
    const { summary } = await surveyOf([...opened, checkpoint({ listed: 2, end: true })]);
    expect(caveats(summary, aRun())).toEqual([]);
    const skipped = under({ outcome: { kind: "skipped", reason: "sse-c-wrong-key" } });
    const more = await surveyOf([...opened, skipped, checkpoint({ listed: 3, end: true })]);
    expect(caveats(more.summary, aRun())).toEqual([expect.stringContaining("1 object under a customer key")]);
  });

  it("say what the filters left out and what only a customer key can read", async () => {
    const sseC = alreadyEncrypted({ before: seen({ state: "sse-c" }) });
    const { summary } = await surveyOf([sseC, checkpoint({ listed: 1, filteredOut: 1200, end: true })]);
    expect(caveats(summary, aRun())).toEqual([
      "1,200 objects left out by the filters of this run.",
      expect.stringContaining("1 object under a customer key"),
    ]);
  });
});
