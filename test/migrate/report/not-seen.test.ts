import { expect, test } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { closesAsSeen } from "../../../migrate/report/not-seen.js";
import { verdict } from "../../../migrate/report/verdict.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";
import { alreadyEncrypted, aRun } from "./a-run.js";
import { closedJournal, surveyOf } from "./journal-of.js";

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

test("a location that was not seen keeps the run from being sealed, and its total from closing", async () => {
  const { summary, verdict } = await judged([...SEALED, DENIED]);
  expect(verdict).toMatchObject({
    kind: "not-seen",
    headline: expect.stringContaining("1 of 2 locations was not seen"),
  });
  expect(verdict.detail).toContain("s3://c/ was not seen (access denied): no right.");
  expect(summary.total).toMatchObject({ closes: false, notSeen: 1 });
  expect(closesAsSeen(summary)).toBe(true);
});

test("plaintext elsewhere goes before it, and both are said", async () => {
  const { verdict } = await judged([...closedJournal([outcomeRecord()]), DENIED]);
  expect(verdict.kind).toBe("unencrypted-remain");
  expect(verdict.headline).toContain("and 1 of 2 locations was not seen");
});

test("one that was seen to a part counts what has an outcome, and a listing of others that did not end is incomplete", async () => {
  const part = [outcomeRecord({ bucket: "c" }), checkpoint({ bucket: "c", listed: 0 }), DENIED];
  const { summary } = await judged([...SEALED, ...part]);
  expect(summary.scopes[1]).toMatchObject({ listed: 1, closes: false, unseen: { because: "denied" } });
  expect(closesAsSeen(summary)).toBe(true);
  expect((await judged([...SEALED.slice(0, -1), DENIED])).verdict.kind).toBe("incomplete");
});

test("one that was seen after all is like any other", async () => {
  const seen = [DENIED, checkpoint({ bucket: "c", listed: 0, end: true }), sight(null)];
  const { summary, verdict } = await judged([...SEALED, ...seen]);
  expect(verdict.kind).toBe("sealed");
  expect(summary.total.notSeen).toBeUndefined();
});
