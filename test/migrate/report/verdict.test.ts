import { describe, expect, it, test } from "vitest";
import type { JournalRecord, OutcomeRecord } from "../../../migrate/journal/record.js";
import type { BucketFindings, RunRecord } from "../../../migrate/journal/run-record.js";
import { closesAsSeen } from "../../../migrate/report/not-seen.js";
import { verdict } from "../../../migrate/report/verdict.js";
import { caveats } from "../../../migrate/report/verdict-detail.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  checkpoint,
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

async function verdictOf(outcomes: OutcomeRecord[], run: RunRecord = aRun()) {
  const { summary } = await surveyOf(closedJournal(outcomes));
  return verdict(summary, run);
}

const endedAs = (end: RunRecord["sessions"][number]["end"], message: string | null = null): RunRecord =>
  aRun({ sessions: [{ startedAt: "2026-01-01T00:00:00.000Z", endedAt: null, end, message }] });

describe("verdict", () => {
  it("is sealed if every object was seen encrypted", async () => {
    const found = await verdictOf([migrated(), alreadyEncrypted()]);
    expect(found).toMatchObject({ kind: "sealed", headline: "0 of 2 objects remain unencrypted" });
    expect(found.detail).toContain("1 object was encrypted in place by this run");
  });

  it("is incomplete if the versions of one scope do not add up, even if those of another could not be listed", async () => {
    const of = (bucket: string) => ({ bucket, prefix: "" });
    const ended = (bucket: string) => checkpoint({ ...of(bucket), listed: 1, end: true });
    const ofVersions = (listed: number) => [
      ...["b", "c"].map((bucket) => alreadyEncrypted({ bucket })),
      ...["b", "c"].map(ended),
      versionCheckpoint({ ...of("b"), refused: "listVersions: AccessDenied", end: true }),
      versionCheckpoint({ ...of("c"), listed, end: true }),
    ];
    const run = aRun({ scopes: [of("b"), of("c")] });
    const kindOf = async (listed: number) =>
      verdict((await surveyOf(ofVersions(listed), run.scopes)).summary, run).kind;
    expect(await kindOf(0)).not.toBe("incomplete");
    expect(await kindOf(1)).toBe("incomplete");
  });

  it("starts with the number of objects that remain unencrypted", async () => {
    const found = await verdictOf([migrated(), failed(), failed()]);
    expect(found).toMatchObject({ kind: "unencrypted-remain", headline: "2 of 3 objects remain unencrypted" });
    expect(found.detail).toContain("2 objects failed.");
  });

  it("counts unencrypted objects after an audit", async () => {
    const found = await verdictOf([outcomeRecord()], aRun({ command: "audit" }));
    expect(found.headline).toBe("1 of 1 object is unencrypted");
  });

  it("counts unencrypted objects after a dry run", async () => {
    const found = await verdictOf([outcomeRecord(), outcomeRecord()], aRun({ dryRun: true }));
    expect(found.headline).toBe("2 of 2 objects are unencrypted");
  });

  it("counts an object as unencrypted if its copy was not encrypted", async () => {
    const lied = failed({
      after: seen({ state: "none" }),
      outcome: { kind: "failed", reason: "not-encrypted-after-copy", detail: "" },
    });
    expect((await verdictOf([lied])).kind).toBe("unencrypted-remain");
  });

  const differing = () =>
    failed({
      after: seen({ state: "sse-s3" }),
      outcome: { kind: "failed", reason: "differs-after-copy", detail: "content-encoding: gzip -> absent" },
    });

  it("is not sealed if a copy differs, even if all objects are encrypted", async () => {
    const found = await verdictOf([migrated(), differing()]);
    expect(found).toMatchObject({
      kind: "differs",
      headline: "0 of 2 objects remain unencrypted, but 1 differs from what was copied",
    });
  });

  it("puts unencrypted objects before copies that differ", async () => {
    expect((await verdictOf([failed(), differing()])).kind).toBe("unencrypted-remain");
  });

  it("omits vanished objects from both figures", async () => {
    const found = await verdictOf([migrated(), vanished()]);
    expect(found).toMatchObject({ kind: "sealed", headline: "0 of 1 object remains unencrypted" });
    expect(found.detail).toContain("deleted by someone else");
  });

  it("says that nothing was examined, and where, if nothing was listed", async () => {
    const found = await verdictOf([], aRun({ scopes: [{ bucket: "b", prefix: "" }] }));
    expect(found).toMatchObject({ kind: "nothing-examined", headline: "0 objects in scope" });
    expect(found.detail).toBe("Nothing was examined in s3://b/: the listing shows no object there.");
  });

  it("says that nothing was examined if all listed objects were gone", async () => {
    const found = await verdictOf([vanished(), vanished({ key: "other" })]);
    expect(found).toMatchObject({ kind: "nothing-examined", headline: "0 of 2 objects in scope were found" });
    expect(found.detail).toContain("none of 2 objects was found");
    expect((await verdictOf([vanished()])).detail).toContain("none of 1 object was found");
  });

  it("says that nothing was examined if the filters left out everything", async () => {
    const { summary } = await surveyOf([checkpoint({ filteredOut: 7, end: true })]);
    const found = verdict(summary, aRun());
    expect(found.kind).toBe("nothing-examined");
    expect(found.detail).toBe("Nothing was examined in s3://b/: the filters excluded all of its 7 objects.");
  });

  it("is sealed if there are only noncurrent versions, all encrypted", async () => {
    const older = versionRecord({ outcome: { kind: "encrypted", reason: "sse-s3" } });
    const { summary } = await surveyOf([
      older,
      versionCheckpoint({ listed: 1, end: true }),
      checkpoint({ listed: 0, end: true }),
    ]);
    expect(verdict(summary, aRun())).toMatchObject({
      kind: "sealed",
      headline: "0 of 1 noncurrent version are unencrypted, and there is no current object",
    });
  });
});

describe("verdict without full proof", () => {
  it.each([
    ["could not be seen", seen({ state: "unknown", evidence: null })],
    ["has an encryption that is not known", seen({ state: "unknown", evidence: "head-header" })],
    ["rests on the provider's statement", seen({ state: "provider-managed", evidence: "provider-statement" })],
    ["rests on the bucket's default", seen({ state: "sse-s3", evidence: "bucket-default" })],
  ])("is unproven if an object %s", async (_, before) => {
    const found = await verdictOf([migrated(), alreadyEncrypted({ before })]);
    expect(found.kind).toBe("unproven");
    expect(found.headline).toContain("but 1 could not be proven encrypted");
  });

  it.each([
    [
      "was interrupted",
      "Interrupted",
      endedAs("interrupted"),
      "The run was interrupted, with 1 object done: --resume continues",
    ],
    [
      "was aborted",
      "Incomplete",
      endedAs("aborted", "no such bucket\u001b[2J"),
      "was aborted: no such bucket<U+001B>[2J.",
    ],
    ["was killed", "Not ended", endedAs(null), "has not ended, or was killed, with 1 object done"],
  ])("is incomplete if the run %s", async (_, begin, run, words) => {
    const found = await verdictOf([migrated()], run);
    expect(found.kind).toBe("incomplete");
    expect(found.headline).toBe(`${begin}: 1 object seen, 0 of them unencrypted`);
    expect(found.detail).toContain(words);
  });

  it("counts the objects that are known to be left if the run stopped", async () => {
    const { summary } = await surveyOf([migrated(), checkpoint({ listed: 1, knownLeft: 303 })]);
    const found = verdict(summary, endedAs("interrupted"));
    expect(found.headline).toBe("Interrupted: 1 object seen, 0 of them unencrypted; at least 303 more are left");
    expect(found.detail).toContain("with 1 object done and at least 303 more listed, but not done");
    const { summary: ended } = await surveyOf([
      migrated(),
      checkpoint({ listed: 1, knownLeft: 303 }),
      checkpoint({ listed: 1, end: true }),
    ]);
    expect(ended.total.knownLeft).toBeUndefined();
  });

  it("is incomplete if the totals do not add up", async () => {
    const { summary } = await surveyOf([migrated(), checkpoint({ listed: 2, end: true })]);
    expect(verdict(summary, aRun())).toMatchObject({
      kind: "incomplete",
      detail: expect.stringContaining("Its totals do not add up"),
    });
  });

  it("is sealed if the interrupted run was resumed and completed", async () => {
    const run = aRun({ sessions: [...endedAs("interrupted").sessions, ...aRun().sessions] });
    expect((await verdictOf([migrated()], run)).kind).toBe("sealed");
  });
});

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
    ["noncurrent versions were not looked at", { versioning: "enabled" }, "Noncurrent versions"],
    [
      "nobody knows whether there are noncurrent versions",
      { versioning: "unreadable" },
      "its versioning could not be read",
    ],
    ["uploads could not be listed", { openMultipartUploads: null }, "still open in b"],
    ["rules could not be read", { policy: { kind: "unreadable" } }, "rules of b"],
    [
      "somebody changed the default",
      { atEnd: { ...AT_END, defaultEncryption: "sse-kms" } },
      "this run did not change it",
    ],
    [
      "the default could not be read again",
      { atEnd: { ...AT_END, defaultEncryption: "unreadable" } },
      "Future objects",
    ],
    ["uploads could not be listed again", { atEnd: { ...AT_END, openUploads: null } }, "still open in b"],
    ["the default could not be read", { defaultEncryption: { before: "none", after: "unreadable" } }, "Future objects"],
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
      "2 noncurrent versions excluded by the filters of this run.",
      "Noncurrent versions, not all of which could be examined: listVersions: AccessDenied.",
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

  it("count the objects excluded by filters", async () => {
    const { summary } = await surveyOf([migrated(), checkpoint({ listed: 1, filteredOut: 1200, end: true })]);
    expect(caveats(summary, aRun())).toEqual(["1,200 objects excluded by the filters of this run."]);
  });
});

const SCOPES = ["b", "c"].map((bucket) => ({ bucket, prefix: "" }));
const at = "2026-01-01T00:00:00.000Z";
const sight = (unseen: { because: "denied"; detail: string } | null): JournalRecord => ({
  kind: "sight",
  bucket: "c",
  prefix: "",
  unseen,
  at,
});
const DENIED = sight({ because: "denied", detail: "no right" });
const SEALED = closedJournal([alreadyEncrypted()]);

async function judged(records: readonly JournalRecord[]) {
  const { summary } = await surveyOf(records, SCOPES);
  return { summary, verdict: verdict(summary, aRun({ scopes: SCOPES })) };
}

test("an unseen location prevents a sealed verdict, and its totals do not add up", async () => {
  const { summary, verdict } = await judged([...SEALED, DENIED]);
  expect(verdict).toMatchObject({
    kind: "not-seen",
    headline: expect.stringContaining("1 of 2 locations was not seen"),
  });
  expect(verdict.detail).toContain("s3://c/ was not seen (access denied): no right.");
  expect(summary.total).toMatchObject({ closes: false, notSeen: 1 });
  expect(closesAsSeen(summary)).toBe(true);
});

test("plaintext in another location determines the verdict, which also counts the unseen location", async () => {
  const { verdict } = await judged([...closedJournal([outcomeRecord()]), DENIED]);
  expect(verdict.kind).toBe("unencrypted-remain");
  expect(verdict.headline).toContain("and 1 of 2 locations was not seen");
});

test("a partly seen location counts its outcomes; an unfinished listing elsewhere is incomplete", async () => {
  const part = [outcomeRecord({ bucket: "c" }), checkpoint({ bucket: "c", listed: 0 }), DENIED];
  const { summary } = await judged([...SEALED, ...part]);
  expect(summary.scopes[1]).toMatchObject({ listed: 1, closes: false, unseen: { because: "denied" } });
  expect(closesAsSeen(summary)).toBe(true);
  expect((await judged([...SEALED.slice(0, -1), DENIED])).verdict.kind).toBe("incomplete");
});

test("a location that was seen in the end counts like any other", async () => {
  const seen = [DENIED, checkpoint({ bucket: "c", listed: 0, end: true }), sight(null)];
  const { summary, verdict } = await judged([...SEALED, ...seen]);
  expect(verdict.kind).toBe("sealed");
  expect(summary.total.notSeen).toBeUndefined();
});
