import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { remains } from "../../../migrate/report/remains.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  closedJournal,
  failed,
  migrated,
  outcomeRecord,
  seen,
  surveyOf,
  vanished,
  versionCheckpoint,
  versionRecord,
} from "../fixtures/records.js";

const SET_AT = "2026-01-01T00:00:00.000Z";

async function wordsOf(records: JournalRecord[], buckets: BucketFindings[] = [bucketFindings()]) {
  const { summary } = await surveyOf(records);
  return remains(summary, aRun({ buckets })).map(({ words }) => words);
}

const locked = (versionId: string, until: string | null) =>
  versionRecord({ before: seen({ versionId }), outcome: { kind: "plaintext", reason: "locked", until } });

function atEnd(changes: Partial<NonNullable<BucketFindings["atEnd"]>> = {}): NonNullable<BucketFindings["atEnd"]> {
  const openUploads = { open: 3, begunUpTo: SET_AT, earlier: 2, firstEarlier: [] };
  return { readAt: SET_AT, defaultEncryption: "sse-s3", openUploads, ...changes };
}

describe("remains", () => {
  it("is empty if everything was seen encrypted", async () => {
    expect(await wordsOf(closedJournal([migrated(), alreadyEncrypted(), vanished()]))).toEqual([]);
  });

  it("lists current, noncurrent, keyless and unseen objects in this order", async () => {
    const sseC = outcomeRecord({
      before: seen({ state: "sse-c" }),
      outcome: { kind: "skipped", reason: "sse-c-without-key" },
    });
    const unseen = failed({ before: seen({ state: "unknown", evidence: null }) });
    const records = [
      ...closedJournal([failed(), failed({ before: seen({ sizeBytes: 2000 }) }), sseC, unseen]),
      versionRecord(),
      versionRecord({ outcome: { kind: "failed", reason: "access-denied", detail: "" } }),
      versionCheckpoint({ listed: 2, end: true }),
    ];
    expect(await wordsOf(records)).toEqual([
      "2 current objects (2 kB) are not encrypted.",
      "1 older version (1 B) is not encrypted.",
      "1 older version (1 B) is not known: looking at each failed.",
      "1 current object (1 B) is under a customer key that was not given (SSE-C).",
      "1 current object could not be seen, or rests on a statement alone.",
    ]);
  });

  it("states when the last lock ends, before which locked versions cannot comply", async () => {
    const records = [
      ...closedJournal([migrated()]),
      locked("1", "2030-01-01T00:00:00Z"),
      locked("2", "2031-06-30T12:00:00.000Z"),
      locked("3", null),
      versionCheckpoint({ listed: 3, end: true }),
    ];
    expect(await wordsOf(records)).toEqual([
      "3 older versions (3 B) are not encrypted.",
      "Of these, 3 (3 B) are locked, and cannot comply before 2031-06-30 12:00:00 UTC, 1 of them under a legal hold, which has no date.",
    ]);
  });

  it("states no date if there is only a legal hold", async () => {
    const records = [...closedJournal([migrated()]), locked("1", null), versionCheckpoint({ listed: 1, end: true })];
    expect((await wordsOf(records))[1]).toContain("legal hold: no date is known");
  });

  it.each<[string, Partial<BucketFindings>, string]>([
    [
      "set the default",
      { defaultEncryption: { before: "none", after: "sse-s3", setAt: SET_AT }, atEnd: atEnd() },
      "2 multipart uploads to b are still open, begun before this run set the default encryption: what they complete may land unencrypted.",
    ],
    [
      "found a default",
      { defaultEncryption: { before: "sse-s3", after: "sse-s3" }, atEnd: atEnd() },
      "2 multipart uploads to b are still open, begun before this run, and perhaps before the default encryption was set: what they complete may land unencrypted.",
    ],
    [
      "did not come to its end",
      { openMultipartUploads: 1 },
      "1 multipart upload to b is still open, begun before this run, and perhaps before the default encryption was set: what it completes may land unencrypted.",
    ],
  ])("lists an upload that is still open if the run %s", async (_, changes, words) => {
    expect(await wordsOf(closedJournal([migrated()]), [bucketFindings(changes)])).toEqual([words]);
  });

  it("omits uploads that began after the default was set", async () => {
    const uploads = { open: 3, begunUpTo: SET_AT, earlier: 0, firstEarlier: [] };
    const later = bucketFindings({ openMultipartUploads: 1, atEnd: atEnd({ openUploads: uploads }) });
    expect(await wordsOf(closedJournal([migrated()]), [later])).toEqual([]);
  });

  it("names all buckets without a default in one sentence, and their open uploads", async () => {
    const none = { defaultEncryption: { before: "none", after: "none" } as const };
    const buckets = Array.from({ length: 7 }, (_, n) => bucketFindings({ bucket: `b${n}\u202e`, ...none }));
    const open = { ...bucketFindings({ bucket: "x", ...none }), atEnd: atEnd({ defaultEncryption: "none" }) };
    expect(await wordsOf(closedJournal([migrated()]), [...buckets, open])).toEqual([
      "b0<U+202E>, b1<U+202E>, b2<U+202E>, b3<U+202E>, b4<U+202E> and 3 more have no default encryption: new objects may arrive in plaintext.",
      "2 multipart uploads to x are still open, without a default encryption that was seen: what they complete may land unencrypted.",
    ]);
  });
});
