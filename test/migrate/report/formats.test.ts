import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { CONTROLS } from "../../../migrate/report/controls.js";
import { CSV_COLUMNS } from "../../../migrate/report/csv.js";
import {
  REPORT_FORMAT_NAMES,
  reportFiles,
  type WriteReportsInput,
  writeReports,
} from "../../../migrate/report/formats.js";
import { INVENTORY_COLUMNS } from "../../../migrate/report/inventory.js";
import { CHECKS } from "../../../migrate/report/ocsf/check-kinds.js";
import { metrics } from "../../../migrate/report/prometheus.js";
import { SCHEMA_NAMES, schemaFile } from "../../schema/published-schemas.js";
import { aRun, closedJournal, failed, journalOf, migrated, surveyOf } from "../fixtures/records.js";

describe("report files", () => {
  const RECORDS = closedJournal([migrated(), failed()]);
  const FORMATS = REPORT_FORMAT_NAMES;
  const FILES = reportFiles().map(({ file }) => file);

  let runDir: string;
  beforeEach(async () => {
    runDir = await mkdtemp(join(tmpdir(), "reports-"));
  });
  afterEach(() => rm(runDir, { recursive: true }));

  function inputOf(records: JournalRecord[], changes: Partial<WriteReportsInput> = {}): WriteReportsInput {
    return { run: aRun(), readJournal: () => journalOf(records), formats: FORMATS, ...changes };
  }

  const contents = () => Promise.all(FILES.map((file) => readFile(join(runDir, file), "utf8")));

  describe("writeReports", () => {
    it("writes exactly the requested reports", async () => {
      await writeReports(runDir, inputOf(RECORDS, { formats: ["csv", "md"] }));
      expect((await readdir(runDir)).sort()).toEqual(["report.csv", "report.md"]);
    });

    it("writes identical bytes for the same run and journal", async () => {
      await writeReports(runDir, inputOf(RECORDS));
      const first = await contents();
      await writeReports(runDir, inputOf(structuredClone(RECORDS)));
      expect(await contents()).toEqual(first);
    });

    it("writes different bytes to every file for another journal", async () => {
      await writeReports(runDir, inputOf(RECORDS));
      const first = await contents();
      await writeReports(runDir, inputOf(closedJournal([migrated(), failed(), failed()])));
      expect((await contents()).map((text, index) => text === first[index])).toEqual(FILES.map(() => false));
    });

    it("keeps the earlier report, and leaves no partial one, if the journal cannot be read to its end", async () => {
      await writeFile(join(runDir, "report.csv"), "earlier");
      let readings = 0;
      async function* readJournal(): AsyncGenerator<JournalRecord> {
        readings += 1;
        yield* RECORDS;
        if (readings > 1) throw new Error("the disk is gone");
      }
      await expect(writeReports(runDir, inputOf([], { readJournal, formats: ["csv"] }))).rejects.toThrow(
        "the disk is gone",
      );
      expect(await readdir(runDir)).toEqual(["report.csv"]);
      expect(await readFile(join(runDir, "report.csv"), "utf8")).toBe("earlier");
    });
  });
});

const TEXT = readFileSync(new URL("../../../docs/report.md", import.meta.url), "utf8");
const named = [...TEXT.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name);
const missing = (names: readonly string[]) => names.filter((name) => !named.includes(name));

describe("docs/report.md", () => {
  it("names every format and every file", () => {
    expect(TEXT).toContain(`--format ${REPORT_FORMAT_NAMES.join(",")}`);
    expect(missing(reportFiles().map(({ file }) => file))).toEqual([]);
    expect(SCHEMA_NAMES.filter((name) => !TEXT.includes(`(${schemaFile(name)})`))).toEqual([]);
  });

  it("names every column of the CSV, every check and every metric", async () => {
    const { summary } = await surveyOf(closedJournal([migrated()]));
    expect(missing(Object.keys(CSV_COLUMNS))).toEqual([]);
    expect(missing(Object.keys(CHECKS))).toEqual([]);
    expect(missing(metrics(summary, aRun()).map(({ name }) => name))).toEqual([]);
    expect(TEXT).toContain(`\`${INVENTORY_COLUMNS.join(", ")}\``);
  });

  it("names no metric that does not exist", async () => {
    const { summary } = await surveyOf(closedJournal([migrated()]));
    const known = new Set(metrics(summary, aRun()).map(({ name }) => name));
    expect(named.filter((name) => name?.startsWith("bucketseal_") && !known.has(name))).toEqual([]);
  });

  it("names every control", () => {
    expect(CONTROLS.filter(({ id }) => !TEXT.includes(`| ${id} `))).toEqual([]);
  });
});
