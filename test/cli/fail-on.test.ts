import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../migrate/journal/record.js";
import type { BucketFindings, RunRecord } from "../../migrate/journal/run-record.js";
import { conditionsFound, failReasons, GATES } from "../../migrate/report/gates.js";
import { verdict } from "../../migrate/report/verdict.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  checkpoint,
  closedJournal,
  outcomeRecord,
  seen,
  surveyOf,
  versionCheckpoint,
  versionRecord,
} from "../migrate/fixtures/records.js";

async function resultOf(
  records: readonly JournalRecord[],
  bucket: Partial<BucketFindings> = {},
  run: Partial<RunRecord> = {},
) {
  const { summary } = await surveyOf(records);
  const record = aRun({ buckets: [bucketFindings(bucket)], ...run });
  return { summary, run: record, verdict: verdict(summary, record) };
}
const found = async (...given: Parameters<typeof resultOf>) => conditionsFound(await resultOf(...given), GATES);
const sealed = closedJournal([alreadyEncrypted()]);
const outcome = { kind: "failed", reason: "store-error", detail: "" } as const;
const unknown = { state: "unknown", evidence: null } as const;

describe("--fail-on", () => {
  it("finds nothing if every object and version is encrypted", async () => {
    expect(await found(sealed)).toEqual([]);
    const older = versionRecord({ outcome: { kind: "encrypted", reason: "sse-s3" } });
    const listed = versionCheckpoint({ listed: 1, end: true });
    expect(await found([...sealed, older, listed], { versioning: "enabled" })).toEqual([]);
  });

  it.each(["none", "unreadable", "unsupported"] as const)(
    "reports no-default if the bucket default is %s",
    async (after) => {
      expect(await found(sealed, { defaultEncryption: { before: "none", after } })).toEqual(["no-default"]);
    },
  );

  it("reports unencrypted if objects arrived in plaintext during the run", async () => {
    const counts = { listed: 3, younger: 2, sampled: 2, plaintext: 1, unseen: 0, refused: null };
    const arrivals = { kind: "arrivals", bucket: "b", prefix: "", ...counts, at: "2026-01-01T00:00:00.000Z" } as const;
    expect(await found([...sealed, arrivals])).toEqual(["unencrypted"]);
  });

  it.each([
    ["an object in plaintext", outcomeRecord(), ["unencrypted"]],
    [
      "an object under a customer key",
      outcomeRecord({ before: seen({ state: "sse-c" }), outcome: { kind: "skipped", reason: "sse-c-without-key" } }),
      ["sse-c"],
    ],
    [
      "a refused one",
      outcomeRecord({ before: seen(), outcome: { kind: "refused", reason: "copy-unsupported" } }),
      ["unencrypted", "refused"],
    ],
    ["one that could not be read", outcomeRecord({ before: seen(unknown), outcome }), ["failed", "unknown"]],
  ] as const)("reports %s", async (_, record, names) => {
    expect(await found(closedJournal([record]))).toEqual(names);
  });

  it("ignores a vanished object, and reports unknown for unrecognised encryption", async () => {
    const vanished = outcomeRecord({ key: "gone", before: seen(unknown), outcome: { kind: "vanished" } });
    expect(await found(closedJournal([vanished]))).toEqual([]);
    const both = closedJournal([
      vanished,
      outcomeRecord({ before: seen(unknown), outcome: { kind: "skipped", reason: "unrecognised-encryption" } }),
    ]);
    expect(await found(both)).toEqual(["unknown"]);
  });

  it("reports unencrypted and noncurrent for plaintext versions, and noncurrent for unlisted ones", async () => {
    const listed = versionCheckpoint({ listed: 1, end: true });
    expect(await found([...sealed, versionRecord(), listed], { versioning: "enabled" })).toEqual([
      "unencrypted",
      "noncurrent",
    ]);
    expect(await found(sealed, { versioning: "enabled" })).toEqual(["noncurrent"]);
    const refused = versionCheckpoint({ refused: "access denied" });
    expect(await found([...sealed, refused], { versioning: "enabled" })).toEqual(["noncurrent"]);
  });

  it("always reports failed objects, and unencrypted ones only on request", async () => {
    const failed = await resultOf(closedJournal([outcomeRecord({ before: seen(unknown), outcome })]));
    expect(conditionsFound(failed, [])).toEqual(["failed"]);
    expect(conditionsFound(await resultOf(closedJournal([outcomeRecord()])), [])).toEqual([]);
  });

  it("explains itself in a sentence, and so do totals that do not add up", async () => {
    const plain = await resultOf(closedJournal([outcomeRecord()]));
    expect(failReasons(plain, ["unencrypted", "sse-c", "noncurrent"])).toEqual([
      "there are objects that are unencrypted, sse-c, and noncurrent versions that are in plaintext or could not all be examined",
    ]);
    const open = await resultOf(sealed.slice(0, -1));
    expect(failReasons(open, [])).toEqual(["the totals do not add up"]);
    expect(failReasons(await resultOf(sealed), [])).toEqual([]);
  });

  it("fails a run that examined nothing, unless --allow-empty is given", async () => {
    const empty = await resultOf(closedJournal([]));
    const words = "nothing was examined: check the location and the filters, or give --allow-empty";
    expect(failReasons(empty, [])).toEqual([words]);
    expect(failReasons(empty, [], { allowEmpty: true })).toEqual([]);
    const open = await resultOf([]);
    expect(failReasons(open, [])).toEqual(["the totals do not add up"]);
  });

  it("fails if nothing was examined in a named location, but not in a bucket of --all-buckets", async () => {
    const scopes = [
      { bucket: "b", prefix: "" },
      { bucket: "c", prefix: "" },
    ];
    const records = [...sealed, checkpoint({ bucket: "c", listed: 0, end: true })];
    const { summary } = await surveyOf(records, scopes);
    const result = (options: RunRecord["options"]) => {
      const run = aRun({ scopes, options });
      return { run, summary, verdict: verdict(summary, run) };
    };
    const named = result({ locations: ["s3://b", "s3://c"] });
    expect(named.verdict.detail).toContain("Nothing was examined in s3://c/: the listing shows no object there.");
    expect(failReasons(named, [])).toEqual([expect.stringMatching(/^nothing was examined in s3:\/\/c\/: /)]);
    expect(failReasons(named, [], { allowEmpty: true })).toEqual([]);
    expect(failReasons(result({ allBuckets: true }), [])).toEqual([]);
  });
});
