import { describe, expect, it } from "vitest";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { caveats } from "../../../migrate/report/caveats.js";
import { checkpoint } from "../fixtures/records.js";
import { alreadyEncrypted, aRun, bucketFindings, migrated, seen } from "./a-run.js";
import { closedJournal, surveyOf } from "./journal-of.js";

async function caveatsOf(buckets: BucketFindings[], options: Record<string, unknown> = {}) {
  const { summary } = await surveyOf(closedJournal([migrated()]));
  return caveats(summary, aRun({ buckets, options }));
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

  it("do not speak of older versions where all versions were asked for", async () => {
    expect(await caveatsOf([bucketFindings({ versioning: "enabled" })], { versions: "all" })).toEqual([]);
  });

  it("say one thing once, of however many buckets", async () => {
    const buckets = Array.from({ length: 8 }, (_, i) => bucketFindings({ bucket: `b${i}`, versioning: "enabled" }));
    expect(await caveatsOf(buckets)).toEqual([expect.stringContaining("b0, b1, b2, b3, b4 and 3 more")]);
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
