import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../../migrate/journal/record.js";
import { undoNeutraliseFormula } from "../../../../migrate/report/csv/neutralise-formula.js";
import { renderCsv } from "../../../../migrate/report/csv/render-csv.js";
import { collect } from "../../fixtures/collect.js";
import { checkpoint, outcomeRecord } from "../../fixtures/records.js";
import { failed, migrated } from "../a-run.js";
import { HOSTILE_KEYS } from "../hostile-keys.js";
import { journalOf } from "../journal-of.js";

async function csvOf(records: JournalRecord[]): Promise<string> {
  return (await collect(renderCsv({ readJournal: () => journalOf(records) }))).join("");
}

async function rowsOf(records: JournalRecord[]): Promise<Record<string, string>[]> {
  return parse(await csvOf(records), { columns: true });
}

describe("report.csv", () => {
  it("holds one row an outcome and none a checkpoint, in the order of the journal", async () => {
    const rows = await rowsOf([outcomeRecord({ key: "2" }), checkpoint(), outcomeRecord({ key: "1" })]);
    expect(rows.map(({ key }) => key)).toEqual(["2", "1"]);
  });

  it("of an empty journal is its heading alone, ended by CRLF as RFC 4180 has it", async () => {
    expect(await csvOf([])).toMatch(/^bucket,key,versionId,[^\r\n]*,at,current\r\n$/);
  });

  it("tells before and after, and what was done in between", async () => {
    const [row] = await rowsOf([migrated({ requestIds: ["A", "B"], notes: ['a "note"'] })]);
    expect(row).toMatchObject({
      stateBefore: "none",
      stateAfter: "sse-s3",
      etagBefore: "e",
      etagAfter: "f",
      decision: "copy",
      decisionReason: "unencrypted",
      outcome: "migrated",
      outcomeReason: "",
      strategy: "copy",
      guard: "source",
      requestIds: '["A","B"]',
      notes: '["a \\"note\\""]',
    });
  });

  it("leaves empty what is not known", async () => {
    const [row] = await rowsOf([failed()]);
    expect(row).toMatchObject({
      versionId: "",
      stateAfter: "",
      strategy: "",
      notes: "",
      outcomeDetail: "AccessDenied",
    });
  });

  it("gives every hostile key back as it was, and none that a spreadsheet would run", async () => {
    const rows = await rowsOf(HOSTILE_KEYS.map((key) => outcomeRecord({ key })));
    expect(rows.map(({ key }) => undoNeutraliseFormula(key ?? ""))).toEqual(HOSTILE_KEYS);
    expect(rows.filter(({ key }) => /^[\s\u200b\ufeff]*[=+\-@＝]/.test(key ?? ""))).toEqual([]);
  });

  it("gives any text back, in any column that others may choose", async () => {
    const text = fc.string({ unit: "binary", minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (key, bucket, detail) => {
        const outcome = { kind: "failed", reason: "store-error", detail } as const;
        const [row, ...others] = await rowsOf([outcomeRecord({ key, bucket, outcome })]);
        expect(others).toEqual([]);
        const found = [row?.key, row?.bucket, row?.outcomeDetail].map((cell) => undoNeutraliseFormula(cell ?? ""));
        expect(found).toEqual([key, bucket, detail]);
      }),
    );
  });

  it.each(["a\rb", "a\nb", "a\r\nb"])(
    "quotes %j, since a reader may take either character for the end of a row",
    async (key) => {
      expect(await csvOf([outcomeRecord({ key })])).toContain(`,"${key}",`);
    },
  );

  it("is whole over many pieces", async () => {
    const rows = await rowsOf(Array.from({ length: 1_201 }, (_, index) => outcomeRecord({ key: `k${index}` })));
    expect(rows.map(({ key }) => key)).toEqual(Array.from({ length: 1_201 }, (_, index) => `k${index}`));
  });
});
