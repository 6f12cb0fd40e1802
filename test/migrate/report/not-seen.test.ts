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
