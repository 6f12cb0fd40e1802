import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { neutraliseFormula, renderCsv, undoNeutraliseFormula } from "../../../migrate/report/csv.js";
import { collect } from "../../buckets/async-items.js";
import { HOSTILE_KEYS } from "../fixtures/hostile.js";
import {
  checkpoint,
  failed,
  journalOf,
  migrated,
  outcomeRecord,
  seen,
  surveyOf,
  versionRecord,
} from "../fixtures/records.js";

async function csvOf(records: JournalRecord[]): Promise<string> {
  const survey = await surveyOf(records);
  return (await collect(renderCsv({ survey, readJournal: () => journalOf(records) }))).join("");
}

async function rowsOf(records: JournalRecord[]): Promise<Record<string, string>[]> {
  return parse(await csvOf(records), { columns: true });
}

describe("report.csv", () => {
  it("has one row per outcome and none per checkpoint, in journal order", async () => {
    const rows = await rowsOf([outcomeRecord({ key: "2" }), checkpoint(), outcomeRecord({ key: "1" })]);
    expect(rows.map(({ key }) => key)).toEqual(["2", "1"]);
  });

  it("has only the header, ended by CRLF, for an empty journal", async () => {
    expect(await csvOf([])).toMatch(/^bucket,key,versionId,[^\r\n]*,at,current\r\n$/);
  });

  it("shows the state before and after, and the actions in between", async () => {
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

  it("shows noncurrent and replayed versions in rows of their own", async () => {
    const outcome = { kind: "plaintext", reason: "locked", until: "2030-01-01T00:00:00Z" } as const;
    const replayed = [
      { before: seen({ versionId: "1" }), after: seen({ state: "sse-s3", versionId: "2" }), strategy: "copy" as const },
    ];
    const [version, object, older] = await rowsOf([
      versionRecord({ outcome, durationMs: 7, requestIds: ["A"] }),
      migrated({ replayed }),
    ]);
    expect(version).toMatchObject({
      current: "false",
      versionId: "v0",
      outcome: "plaintext",
      lockedUntil: outcome.until,
      durationMs: "7",
      requestIds: '["A"]',
      decision: "",
    });
    expect(object).toMatchObject({ current: "true", storageClassAfter: "STANDARD", sizeBytesAfter: "1" });
    const was = { versionId: "1", versionIdAfter: "2", stateBefore: "none", stateAfter: "sse-s3", strategy: "copy" };
    expect(older).toMatchObject({ current: "false", outcome: "replayed", ...was });
  });

  it("points to the baseline line that an audit used", async () => {
    const baseline = { run: "a".repeat(64), segment: "journal/000001.ndjson", line: 3, use: "taken" } as const;
    const [row] = await rowsOf([outcomeRecord({ baseline })]);
    expect(JSON.parse(row?.baseline ?? "")).toEqual(baseline);
  });

  it("leaves unknown values empty", async () => {
    const [row] = await rowsOf([failed()]);
    expect(row).toMatchObject({
      versionId: "",
      stateAfter: "",
      strategy: "",
      notes: "",
      outcomeDetail: "AccessDenied",
    });
  });

  it("preserves every hostile key, and contains none that a spreadsheet would run", async () => {
    const rows = await rowsOf(HOSTILE_KEYS.map((key) => outcomeRecord({ key })));
    expect(rows.map(({ key }) => undoNeutraliseFormula(key ?? ""))).toEqual(HOSTILE_KEYS);
    expect(rows.filter(({ key }) => /^[\s\u200b\ufeff]*[=+\-@＝]/.test(key ?? ""))).toEqual([]);
  });

  it("preserves any text in any column that others control", async () => {
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

  it("writes each cell as it is, unless it could begin a formula or end before its end", async () => {
    const text = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.stringMatching(/^[=\-a-z0-9_ .:/",'\r\n\u200b\u2066é]{1,6}$/),
    );
    await fc.assert(
      fc.asyncProperty(text, async (bucket) => {
        const safe = neutraliseFormula(bucket);
        const cell = /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
        const [header = ""] = (await csvOf([])).split("\r\n");
        expect(
          (await csvOf([outcomeRecord({ bucket })])).slice(header.length + 2, header.length + 2 + cell.length + 3),
        ).toBe(`${cell},k,`);
      }),
    );
  });

  it.each(["a\rb", "a\nb", "a\r\nb"])("quotes %j, since either character may end a row", async (key) => {
    expect(await csvOf([outcomeRecord({ key })])).toContain(`,"${key}",`);
  });

  it("is complete over many chunks", async () => {
    const rows = await rowsOf(Array.from({ length: 1_201 }, (_, index) => outcomeRecord({ key: `k${index}` })));
    expect(rows.map(({ key }) => key)).toEqual(Array.from({ length: 1_201 }, (_, index) => `k${index}`));
  });
});

describe("neutraliseFormula", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "＝1", "'=1"])(
    "prefixes an apostrophe to text that a spreadsheet might run: %j",
    (text) => expect(neutraliseFormula(text)).toBe(`'${text}`),
  );

  it.each(["", "a=1", "logs/2026", "été", ".hidden", '"=1"', "日本"])("keeps any other text: %j", (text) =>
    expect(neutraliseFormula(text)).toBe(text),
  );

  it("is reversible for any text", () => {
    const cells = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^['=+\-@\s]{0,4}a?$/));
    fc.assert(fc.property(cells, (text) => undoNeutraliseFormula(neutraliseFormula(text)) === text));
  });
});
