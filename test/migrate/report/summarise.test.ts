import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { Scope } from "../../../migrate/model/scope.js";
import { summarise } from "../../../migrate/report/summary-fold.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";
import { alreadyEncrypted, failed, migrated, seen, vanished } from "./a-run.js";
import { closedJournal, journalOf } from "./journal-of.js";

const fold = (records: JournalRecord[], scopes: Scope[] = [{ bucket: "b", prefix: "" }]) =>
  summarise(journalOf(records), scopes);

describe("what is listed", () => {
  it("comes from the latest checkpoint", async () => {
    const { total } = await fold([checkpoint({ listed: 1 }), checkpoint({ listed: 7, filteredOut: 2, end: true })]);
    expect(total).toMatchObject({ listed: 7, filteredOut: 2 });
  });

  it("is never counted from the outcomes", async () => {
    const { total } = await fold([migrated(), migrated(), checkpoint({ listed: 1, end: true })]);
    expect(total).toMatchObject({ listed: 1, closes: false });
  });
});

describe("totals", () => {
  it("close when every object listed has its outcome and the listing ended", async () => {
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
  ])("do not close when %s", async (_, records) => {
    expect((await fold(records)).total.closes).toBe(false);
  });

  it("do not close for a run of no scope", async () => {
    expect((await fold([], [])).total.closes).toBe(false);
  });

  it("do not close as a whole where one scope has too many and another too few", async () => {
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

  it("count what a closing sum counts: each outcome once, by kind and bytes", async () => {
    const { total } = await fold(closedJournal([migrated(), migrated(), failed({ before: seen({ sizeBytes: 40 }) })]));
    expect(total.outcomes.migrated).toEqual({ objects: 2, bytes: 2 });
    expect(total.outcomes.failed).toEqual({ objects: 1, bytes: 40 });
    expect(total.outcomes.refused).toEqual({ objects: 0, bytes: 0 });
  });
});

describe("states", () => {
  it("are those after the copy where there was one, and those before it elsewhere", async () => {
    const { total } = await fold(closedJournal([migrated(), failed()]));
    expect(total.statesBefore.none.objects).toBe(2);
    expect(total.statesNow.none.objects).toBe(1);
    expect(total.statesNow["sse-s3"].objects).toBe(1);
  });

  it("leave out what vanished: it neither remains unencrypted nor counts as encrypted", async () => {
    const { total } = await fold(closedJournal([vanished()]));
    expect(total.statesBefore.none.objects).toBe(1);
    expect(total.statesNow.none.objects).toBe(0);
    expect(total.evidenceNow).toEqual({});
  });

  it("say where they were read from, and what was read from nothing", async () => {
    const unseen = failed({ before: seen({ state: "unknown", evidence: null }) });
    const { total } = await fold(closedJournal([migrated(), unseen]));
    expect(total.evidenceNow).toEqual({ "head-header": { objects: 1, bytes: 1 }, none: { objects: 1, bytes: 1 } });
  });
});

describe("reasons", () => {
  it("are the outcome's, the decision's where it was migrated, and in one order whatever the journal's", async () => {
    const records = [failed(), vanished(), migrated(), alreadyEncrypted()];
    const one = await fold(closedJournal(records));
    const other = await fold(closedJournal(records.toReversed()));
    expect(Object.keys(one.total.reasons)).toEqual(["sse-s3", "unencrypted", "access-denied", "vanished"]);
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });
});

describe("a scope", () => {
  const scopes = [
    { bucket: "b", prefix: "" },
    { bucket: "b", prefix: "logs/" },
    { bucket: "c", prefix: "" },
  ];

  it("takes the outcomes of its bucket whose longest matching prefix is its own", async () => {
    const records = [migrated({ key: "logs/1" }), migrated({ key: "log" }), migrated({ bucket: "c", key: "logs/1" })];
    const summary = await fold(records, scopes);
    expect(summary.scopes.map(({ outcomes }) => outcomes.migrated.objects)).toEqual([1, 1, 1]);
  });

  it("named twice is counted once", async () => {
    const summary = await fold(closedJournal([migrated()]), [
      { bucket: "b", prefix: "" },
      { bucket: "b", prefix: "" },
    ]);
    expect(summary.scopes).toHaveLength(1);
    expect(summary.total).toMatchObject({ listed: 1, closes: true });
  });
});
