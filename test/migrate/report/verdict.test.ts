import { describe, expect, it } from "vitest";
import type { OutcomeRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { verdict } from "../../../migrate/report/verdict.js";
import { checkpoint, outcomeRecord, versionCheckpoint, versionRecord } from "../fixtures/records.js";
import { alreadyEncrypted, aRun, failed, migrated, seen, vanished } from "./a-run.js";
import { closedJournal, surveyOf } from "./journal-of.js";

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
    expect(found).toMatchObject({ kind: "nothing-examined", headline: "0 of 2 objects in scope were there" });
    expect(found.detail).toContain("no object of 2 was there");
  });

  it("says that nothing was examined if the filters left out everything", async () => {
    const { summary } = await surveyOf([checkpoint({ filteredOut: 7, end: true })]);
    const found = verdict(summary, aRun());
    expect(found.kind).toBe("nothing-examined");
    expect(found.detail).toBe("Nothing was examined in s3://b/: the filters left out all of its 7 objects.");
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
      headline: "0 of 1 older version are unencrypted, and there is no current object",
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
      "The run was interrupted, with 1 object done: --resume goes",
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
    expect(found.detail).toContain("with 1 object done and at least 303 more known to be left");
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
      detail: expect.stringContaining("Its totals do not close"),
    });
  });

  it("is sealed if the interrupted run was resumed and completed", async () => {
    const run = aRun({ sessions: [...endedAs("interrupted").sessions, ...aRun().sessions] });
    expect((await verdictOf([migrated()], run)).kind).toBe("sealed");
  });
});
