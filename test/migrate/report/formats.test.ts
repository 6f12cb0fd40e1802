import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { CONTROLS, evidenceSeen, STANDARDS } from "../../../migrate/report/controls.js";
import { CSV_COLUMNS } from "../../../migrate/report/csv.js";
import { REPORT_FORMAT_NAMES, reportFiles } from "../../../migrate/report/formats.js";
import { renderHtml } from "../../../migrate/report/html/render-html.js";
import { INVENTORY_COLUMNS } from "../../../migrate/report/inventory.js";
import { renderMarkdown } from "../../../migrate/report/markdown/render-markdown.js";
import { CHECKS } from "../../../migrate/report/ocsf/check-kinds.js";
import { metrics } from "../../../migrate/report/prometheus.js";
import { type WriteReportsInput, writeReports } from "../../../migrate/run/close-run.js";
import { SCHEMA_NAMES, schemaFile } from "../../schema/published-schemas.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  closedJournal,
  failed,
  journalOf,
  migrated,
  seen,
  surveyOf,
  versionCheckpoint,
  versionRecord,
} from "../fixtures/records.js";

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

describe("CONTROLS", () => {
  it("contain one control per standard, each with a source and with what it does not show", () => {
    expect(CONTROLS.map(({ standard }) => standard)).toEqual(Object.keys(STANDARDS));
    for (const { source, notShown } of CONTROLS) {
      expect(new URL(source).protocol).toBe("https:");
      expect(notShown).not.toBe("");
    }
  });

  it("appear in page and summary with the evidence, and no standard is claimed to be met", async () => {
    const survey = await surveyOf(closedJournal([migrated()]));
    const page = [...renderHtml({ run: aRun(), survey })].join("");
    const text = renderMarkdown({ run: aRun(), survey }).join("");
    for (const { id } of CONTROLS) {
      expect(page).toContain(` ${id}</b>`);
      expect(text).toContain(` ${id}**`);
    }
    for (const report of [page, text]) {
      expect(report).toContain("1 of 1 current object seen to be encrypted");
      expect(report).toContain("does not claim that a standard is met");
      expect(report).not.toMatch(/\b(is|are) (compliant|certified)\b|\bcomplies with\b/i);
    }
  });
});

describe("evidenceSeen", () => {
  it("counts only objects that the store itself showed as encrypted, and buckets with a default", async () => {
    const stated = alreadyEncrypted({ before: seen({ state: "provider-managed", evidence: "provider-statement" }) });
    const { summary } = await surveyOf([
      ...closedJournal([migrated(), failed(), stated]),
      versionRecord(),
      versionRecord({ outcome: { kind: "encrypted", reason: "sse-s3" } }),
      versionCheckpoint({ listed: 2, end: true }),
    ]);
    const none = { before: "none", after: "none" } as const;
    const run = aRun({ buckets: [bucketFindings(), bucketFindings({ bucket: "c", defaultEncryption: none })] });
    expect(evidenceSeen(summary, run)).toEqual([
      "1 of 3 current objects seen to be encrypted at rest by the store's own answers.",
      "1 of 2 noncurrent versions seen to be encrypted at rest.",
      "1 of 2 buckets with a default encryption when last read.",
      "Verdict of the run: Not sealed.",
    ]);
  });

  it("counts the objects with evidence from an earlier run or an inventory", async () => {
    const taken = alreadyEncrypted({ before: seen({ state: "sse-s3", evidence: "baseline" }) });
    const listed = alreadyEncrypted({ key: "l", before: seen({ state: "sse-s3", evidence: "inventory" }) });
    const { summary } = await surveyOf(closedJournal([taken, listed, alreadyEncrypted({ key: "r" })]));
    expect(evidenceSeen(summary, aRun())[0]).toBe(
      "3 of 3 current objects seen to be encrypted at rest by the store's own answers; those about 2 objects are in an earlier, verified run or in an inventory.",
    );
  });

  const OLDER = [
    versionRecord({ before: seen({ versionId: "v1", sizeBytes: 5 }) }),
    versionRecord({ before: seen({ versionId: "v0", sizeBytes: 7 }) }),
    versionCheckpoint({ listed: 2, end: true }),
  ];
  const COPY = migrated({
    before: seen({ versionId: "v1", sizeBytes: 5 }),
    after: seen({ state: "sse-s3", versionId: "v2" }),
  });
  const pagesOf = async (records: JournalRecord[], lang: "en" | "fr" = "en") => {
    const about = { run: aRun(), survey: await surveyOf(records), lang };
    return [[...renderHtml(about)].join("").replaceAll(/<[^>]*>/g, "|"), [...renderMarkdown(about)].join("")];
  };

  it("splits the plaintext noncurrent versions by whether this run's copies left them, in both languages", async () => {
    for (const page of await pagesOf([...closedJournal([COPY]), ...OLDER])) {
      expect(page).toMatch(/of which left beneath this run(?:'|&#39;)s copies[ |]+1[ |]+5 B/);
      expect(page).toMatch(/of which from before this run[ |]+1[ |]+7 B/);
    }
    for (const page of await pagesOf([...closedJournal([COPY]), ...OLDER], "fr"))
      expect(page).toMatch(/dont antérieures à cette exécution[ |]+1[ |]+7/);
  });

  it("does not split them if this run copied nothing", async () => {
    for (const page of await pagesOf([...closedJournal([alreadyEncrypted()]), ...OLDER]))
      expect(page).not.toContain("of which");
  });

  it("says whether noncurrent versions were not examined or do not exist", async () => {
    const { summary } = await surveyOf(closedJournal([migrated()]));
    const versioned = aRun({ buckets: [bucketFindings(), bucketFindings({ bucket: "c", versioning: "enabled" })] });
    expect(evidenceSeen(summary, versioned)).toContain("Noncurrent versions were not looked at.");
    expect(evidenceSeen(summary, aRun())).toContain("No bucket keeps noncurrent versions.");
  });
});
