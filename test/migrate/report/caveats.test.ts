import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { caveats } from "../../../migrate/report/verdict-detail.js";
import { checkpoint, versionCheckpoint } from "../fixtures/records.js";
import { aRun, bucketFindings, migrated } from "./a-run.js";
import { closedJournal, surveyOf } from "./journal-of.js";

const AT_END: NonNullable<BucketFindings["atEnd"]> = {
  readAt: "2026-01-01T00:01:00.000Z",
  defaultEncryption: "sse-s3",
  openUploads: { open: 0, begunUpTo: "2026-01-01T00:00:00.000Z", earlier: 0, firstEarlier: [] },
};

async function caveatsOf(buckets: BucketFindings[], more: readonly JournalRecord[] = []) {
  const { summary } = await surveyOf([...closedJournal([migrated()]), ...more]);
  return caveats(summary, aRun({ buckets }));
}

describe("caveats", () => {
  it("are empty if everything was covered", async () => {
    expect(await caveatsOf([bucketFindings()])).toEqual([]);
    expect(await caveatsOf([bucketFindings({ atEnd: AT_END, policy: { kind: "unsupported" } })])).toEqual([]);
  });

  it.each<[string, Partial<BucketFindings>, string]>([
    ["older versions were not looked at", { versioning: "enabled" }, "Older versions"],
    [
      "nobody knows whether there are older versions",
      { versioning: "unreadable" },
      "whether it does could not be read",
    ],
    ["uploads could not be listed", { openMultipartUploads: null }, "still open in b"],
    ["rules could not be read", { policy: { kind: "unreadable" } }, "rules of b"],
    ["somebody changed the default", { atEnd: { ...AT_END, defaultEncryption: "sse-kms" } }, "not by its doing"],
    ["the default could not be read again", { atEnd: { ...AT_END, defaultEncryption: "unreadable" } }, "yet to come"],
    ["uploads could not be listed again", { atEnd: { ...AT_END, openUploads: null } }, "still open in b"],
    ["the default could not be read", { defaultEncryption: { before: "none", after: "unreadable" } }, "yet to come"],
  ])("say that %s", async (_, changes, words) => {
    expect(await caveatsOf([bucketFindings(changes)])).toEqual([expect.stringContaining(words)]);
  });

  it("omit noncurrent versions that were examined", async () => {
    const versioned = bucketFindings({ versioning: "enabled" });
    expect(await caveatsOf([versioned], [versionCheckpoint({ end: true })])).toEqual([]);
  });

  it("explain why noncurrent versions were not all examined, and count the filtered ones", async () => {
    const versioned = bucketFindings({ versioning: "enabled" });
    const refused = versionCheckpoint({ filteredOut: 2, refused: "listVersions: AccessDenied" });
    expect(await caveatsOf([versioned], [refused])).toEqual([
      "2 older versions left out by the filters of this run.",
      "Older versions of objects, which could not all be looked at: listVersions: AccessDenied.",
    ]);
  });

  it("name several buckets in one caveat", async () => {
    const buckets = Array.from({ length: 8 }, (_, i) => bucketFindings({ bucket: `b${i}`, versioning: "enabled" }));
    expect(await caveatsOf(buckets)).toEqual([expect.stringContaining("b0, b1, b2, b3, b4 and 3 more")]);
  });

  it("leave a missing default and counted uploads to the remaining section", async () => {
    const none = { before: "none", after: "none" } as const;
    expect(await caveatsOf([bucketFindings({ defaultEncryption: none, openMultipartUploads: 2 })])).toEqual([]);
  });

  it("count the objects left out by filters", async () => {
    const { summary } = await surveyOf([migrated(), checkpoint({ listed: 1, filteredOut: 1200, end: true })]);
    expect(caveats(summary, aRun())).toEqual(["1,200 objects left out by the filters of this run."]);
  });
});
