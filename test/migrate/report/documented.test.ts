import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONTROLS } from "../../../migrate/report/controls.js";
import { CSV_COLUMNS } from "../../../migrate/report/csv.js";
import { REPORT_FORMAT_NAMES, reportFiles } from "../../../migrate/report/formats.js";
import { INVENTORY_COLUMNS } from "../../../migrate/report/inventory.js";
import { CHECKS } from "../../../migrate/report/ocsf/checks.js";
import { metrics } from "../../../migrate/report/prometheus.js";
import { SCHEMA_NAMES, schemaFile } from "../../schema/published-schemas.js";
import { aRun, migrated } from "./a-run.js";
import { closedJournal, surveyOf } from "./journal-of.js";

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
