import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { Scope } from "../../../migrate/model/scope.js";
import { createExceptionsFold } from "../../../migrate/report/exceptions.js";
import { summarise } from "../../../migrate/report/survey.js";
import {
  alreadyEncrypted,
  checkpoint,
  closedJournal,
  failed,
  journalOf,
  migrated,
  outcomeRecord,
  seen,
  vanished,
} from "../fixtures/records.js";

const fold = (records: JournalRecord[], scopes: Scope[] = [{ bucket: "b", prefix: "" }]) =>
  summarise(journalOf(records), scopes);

describe("listed objects in summarise", () => {
  it("are taken from the latest checkpoint", async () => {
    const { total } = await fold([checkpoint({ listed: 1 }), checkpoint({ listed: 7, filteredOut: 2, end: true })]);
    expect(total).toMatchObject({ listed: 7, filteredOut: 2 });
  });

  it("are not counted from the outcomes", async () => {
    const { total } = await fold([migrated(), migrated(), checkpoint({ listed: 1, end: true })]);
    expect(total).toMatchObject({ listed: 1, closes: false });
  });
});

describe("totals in summarise", () => {
  it("add up if every listed object has an outcome and the listing ended", async () => {
    const summary = await fold(closedJournal([migrated(), alreadyEncrypted(), failed(), vanished()]));
    expect(summary.total.closes).toBe(true);
    expect(summary.scopes.map(({ closes }) => closes)).toEqual([true]);
  });

  it.each([
    ["the listing did not end", [migrated(), checkpoint({ listed: 1 })]],
    ["there is no checkpoint at all", [migrated()]],
    ["an object was listed that has no outcome", [migrated(), checkpoint({ listed: 2, end: true })]],
    ["an object has two outcomes", [migrated(), migrated(), checkpoint({ listed: 1, end: true })]],
    ["an outcome is of another bucket", closedJournal([outcomeRecord({ bucket: "other" })])],
  ])("do not add up if %s", async (_, records) => {
    expect((await fold(records)).total.closes).toBe(false);
  });

  it("do not add up without a scope", async () => {
    expect((await fold([], [])).total.closes).toBe(false);
  });

  it("do not add up if one scope has too many outcomes and another too few", async () => {
    const scopes = [
      { bucket: "b", prefix: "x/" },
      { bucket: "b", prefix: "y/" },
    ];
    const records = [
      migrated({ key: "x/1" }),
      migrated({ key: "x/2" }),
      checkpoint({ prefix: "x/", listed: 1, end: true }),
      checkpoint({ prefix: "y/", listed: 1, end: true }),
    ];
    expect((await fold(records, scopes)).total).toMatchObject({ listed: 2, closes: false });
  });

  it("count each outcome once, by kind and bytes", async () => {
    const { total } = await fold(closedJournal([migrated(), migrated(), failed({ before: seen({ sizeBytes: 40 }) })]));
    expect(total.outcomes.migrated).toEqual({ objects: 2, bytes: 2 });
    expect(total.outcomes.failed).toEqual({ objects: 1, bytes: 40 });
    expect(total.outcomes.refused).toEqual({ objects: 0, bytes: 0 });
  });
});

describe("states in summarise", () => {
  it("are those after the copy, or those before it if there was no copy", async () => {
    const { total } = await fold(closedJournal([migrated(), failed()]));
    expect(total.statesBefore.none.objects).toBe(2);
    expect(total.statesNow.none.objects).toBe(1);
    expect(total.statesNow["sse-s3"].objects).toBe(1);
  });

  it("omit vanished objects from the current states", async () => {
    const { total } = await fold(closedJournal([vanished()]));
    expect(total.statesBefore.none.objects).toBe(1);
    expect(total.statesNow.none.objects).toBe(0);
    expect(total.evidenceNow).toEqual({});
  });

  it("record their evidence, and the lack of it", async () => {
    const unseen = failed({ before: seen({ state: "unknown", evidence: null }) });
    const { total } = await fold(closedJournal([migrated(), unseen]));
    expect(total.evidenceNow).toEqual({ "head-header": { objects: 1, bytes: 1 }, none: { objects: 1, bytes: 1 } });
  });
});

describe("reasons in summarise", () => {
  it("are those of outcomes and decisions, in an order independent of the journal", async () => {
    const records = [failed(), vanished(), migrated(), alreadyEncrypted()];
    const one = await fold(closedJournal(records));
    const other = await fold(closedJournal(records.toReversed()));
    expect(Object.keys(one.total.reasons)).toEqual(["sse-s3", "unencrypted", "access-denied", "vanished"]);
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });
});

describe("scope in summarise", () => {
  const scopes = [
    { bucket: "b", prefix: "" },
    { bucket: "b", prefix: "logs/" },
    { bucket: "c", prefix: "" },
  ];

  it("counts the outcomes for which it has the longest matching prefix", async () => {
    const records = [migrated({ key: "logs/1" }), migrated({ key: "log" }), migrated({ bucket: "c", key: "logs/1" })];
    const summary = await fold(records, scopes);
    expect(summary.scopes.map(({ outcomes }) => outcomes.migrated.objects)).toEqual([1, 1, 1]);
  });

  it("is counted once if it is named twice", async () => {
    const summary = await fold(closedJournal([migrated()]), [
      { bucket: "b", prefix: "" },
      { bucket: "b", prefix: "" },
    ]);
    expect(summary.scopes).toHaveLength(1);
    expect(summary.total).toMatchObject({ listed: 1, closes: true });
  });
});

function exceptionsOf(records: Parameters<ReturnType<typeof createExceptionsFold>["add"]>[0][], limit?: number) {
  const fold = createExceptionsFold(limit);
  records.forEach(fold.add);
  const { total, first } = fold.result();
  return { total, keys: first.map(({ key }) => key) };
}

describe("exceptions", () => {
  it("contain everything that was not clearly encrypted, worst first", () => {
    const records = [
      migrated({ key: "noted", notes: ["the ETag changed"] }),
      vanished({ key: "gone" }),
      outcomeRecord({ key: "skipped" }),
      outcomeRecord({ key: "refused", outcome: { kind: "refused", reason: "copy-unsupported" } }),
      failed({ key: "failed" }),
    ];
    expect(exceptionsOf(records)).toEqual({ total: 5, keys: ["failed", "refused", "skipped", "gone", "noted"] });
  });

  it("omit objects encrypted before, and objects encrypted without notes", () => {
    expect(exceptionsOf([migrated(), alreadyEncrypted({ notes: ["x"] })])).toEqual({ total: 0, keys: [] });
  });

  it("keep the worst and earliest up to the limit, and count all", () => {
    const skipped = ["s1", "s2", "s3"].map((key) => outcomeRecord({ key }));
    const records = [...skipped, failed({ key: "f1" }), failed({ key: "f2" })];
    expect(exceptionsOf(records, 3)).toEqual({ total: 5, keys: ["f1", "f2", "s1"] });
  });
});
