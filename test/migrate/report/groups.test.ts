import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord, OutcomeRecord } from "../../../migrate/journal/record.js";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import type { Scope } from "../../../migrate/model/scope.js";
import { type Group, type Groups, sizeBandOf } from "../../../migrate/report/groups.js";
import { remains } from "../../../migrate/report/remains.js";
import { summarise } from "../../../migrate/report/survey.js";
import type { Tally } from "../../../migrate/report/tally.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  closedJournal,
  failed,
  journalOf,
  migrated,
  outcomeRecord,
  seen,
  surveyOf,
  vanished,
  versionCheckpoint,
  versionRecord,
} from "../fixtures/records.js";

const fold = (records: OutcomeRecord[], scopes: Scope[] = [{ bucket: "b", prefix: "" }]) =>
  summarise(journalOf(closedJournal(records)), scopes);

const KINDS = [migrated, alreadyEncrypted, failed, vanished] as const;
const keys = fc.oneof(fc.constantFrom("a/1", "a/b/2", "c", "/", "//x", "d/e"), fc.string({ maxLength: 4 }));
const records = fc.array(
  fc.record({ kind: fc.nat({ max: 3 }), key: keys, sizeBytes: fc.nat(), storageClass: fc.string({ maxLength: 2 }) }),
  { maxLength: 40 },
);

/** A table's tallies of all groups, added up, without what is nothing. */
function added(groups: Groups<object>, table: keyof Group): Record<string, Tally> {
  const sums: Record<string, { objects: number; bytes: number }> = {};
  for (const group of [...groups.groups, ...(groups.others ? [groups.others] : [])]) {
    for (const [name, { objects, bytes }] of Object.entries(group[table])) {
      const sum = sums[name] ?? { objects: 0, bytes: 0 };
      sums[name] = { objects: sum.objects + objects, bytes: sum.bytes + bytes };
    }
  }
  return sums;
}

const withoutNothing = (table: Readonly<Record<string, Tally>>) =>
  Object.fromEntries(Object.entries(table).filter(([, { objects }]) => objects > 0));

describe("groups of a summary", () => {
  it("add up to the totals by outcome and state, for any keys, sizes and classes", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (drawn) => {
        const outcomes = drawn.map(({ kind, key, ...before }) =>
          (KINDS[kind] ?? migrated)({ key, before: seen(before) }),
        );
        const { total, storageClasses, sizes, prefixes } = await fold(outcomes);
        for (const groups of [storageClasses, sizes, prefixes]) {
          expect(added(groups, "outcomes")).toEqual(withoutNothing(total.outcomes));
          expect(added(groups, "statesBefore")).toEqual(withoutNothing(total.statesBefore));
          expect(added(groups, "statesNow")).toEqual(withoutNothing(total.statesNow));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("contain one group per folder below the prefix of the scope, sorted by name", async () => {
    const scopes = [
      { bucket: "b", prefix: "" },
      { bucket: "b", prefix: "logs/20" },
    ];
    const drawn = ["logs/2026/a", "logs/2026/b", "logs/20", "top", "invoices/1/2", "/lead"];
    const { prefixes } = await fold(
      drawn.map((key) => migrated({ key })),
      scopes,
    );
    expect(prefixes.groups.map(({ prefix, outcomes }) => [prefix, outcomes.migrated?.objects])).toEqual([
      ["", 1],
      ["/", 1],
      ["invoices/", 1],
      ["logs/20", 1],
      ["logs/2026/", 2],
    ]);
    expect(prefixes.others).toBeNull();
  });

  it("are limited to a thousand prefixes, and all further ones are added up in one", async () => {
    const many = Array.from({ length: 1003 }, (_, n) => failed({ key: `${String(n).padStart(4, "0")}/x` }));
    const { prefixes, total } = await fold(many);
    expect(prefixes.groups).toHaveLength(1000);
    expect(prefixes.others?.statesNow.none?.objects).toBe(3);
    expect(added(prefixes, "statesNow").none).toEqual(total.statesNow.none);
  });

  it("omit vanished objects from the current states", async () => {
    const { sizes } = await fold([vanished()]);
    expect(sizes.groups).toEqual([
      {
        size: "up to 128 KiB",
        outcomes: { vanished: { objects: 1, bytes: 1 } },
        statesBefore: { none: { objects: 1, bytes: 1 } },
        statesNow: {},
      },
    ]);
  });

  it("are sorted by size band", async () => {
    const sizes = [6 * 1024 ** 3, 0, 2 * 1024 ** 2, 1];
    const found = await fold(sizes.map((sizeBytes) => failed({ before: seen({ sizeBytes }) })));
    expect(found.sizes.groups.map(({ size }) => size)).toEqual([
      "empty",
      "up to 128 KiB",
      "up to 16 MiB",
      "above 5 GiB",
    ]);
  });
});

it.each([
  [0, "empty"],
  [1, "up to 128 KiB"],
  [131_072, "up to 128 KiB"],
  [131_073, "up to 1 MiB"],
  [5 * 1024 ** 3, "up to 5 GiB"],
  [5 * 1024 ** 3 + 1, "above 5 GiB"],
])("sizeBandOf %i bytes is %j", (bytes, band) => expect(sizeBandOf(bytes)).toBe(band));

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
      "1 noncurrent version (1 B) is not encrypted.",
      "1 noncurrent version (1 B) is not known, because examining each one failed.",
      "1 current object (1 B) is under a customer key that was not given (SSE-C).",
      "1 current object could not be determined, or rests only on a statement.",
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
      "3 noncurrent versions (3 B) are not encrypted.",
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
      "2 multipart uploads to b are still open, begun before this run set the default encryption: what they complete may be stored unencrypted.",
    ],
    [
      "found a default",
      { defaultEncryption: { before: "sse-s3", after: "sse-s3" }, atEnd: atEnd() },
      "2 multipart uploads to b are still open, begun before this run, and perhaps before the default encryption was set: what they complete may be stored unencrypted.",
    ],
    [
      "did not come to its end",
      { openMultipartUploads: 1 },
      "1 multipart upload to b is still open, begun before this run, and perhaps before the default encryption was set: what it completes may be stored unencrypted.",
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
      "2 multipart uploads to x are still open, without a default encryption that was seen: what they complete may be stored unencrypted.",
    ]);
  });
});
