import type { JournalRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { type PutFile, putInto } from "../journal/stage-files.js";
import { renderCsv } from "./csv.js";
import { renderHtml } from "./html/render-html.js";
import { INVENTORY_FILE, renderInventory, renderInventoryManifest } from "./inventory.js";
import { renderMarkdown } from "./markdown/render-markdown.js";
import { renderOcsf, renderOcsfAll } from "./ocsf/render-ocsf.js";
import { renderPrometheus } from "./prometheus.js";
import type { Summary } from "./summary.js";
import { type RenderReport, survey } from "./survey.js";

export const REPORT_FORMAT_NAMES = ["html", "csv", "md", "ocsf", "ocsf-all", "inventory", "prometheus"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

/**
 * The formats that a run writes by default. The two that repeat every object besides the CSV must be
 * requested.
 */
export const DEFAULT_FORMATS: readonly ReportFormatName[] = ["html", "csv", "md", "ocsf", "prometheus"];

interface ReportFile {
  /** Its name in the run folder. */
  readonly file: string;
  readonly render: RenderReport;
}

const REPORT_FORMATS: Readonly<Record<ReportFormatName, readonly ReportFile[]>> = {
  html: [{ file: "report.html", render: renderHtml }],
  csv: [{ file: "report.csv", render: renderCsv }],
  md: [{ file: "report.md", render: renderMarkdown }],
  ocsf: [{ file: "ocsf.ndjson", render: renderOcsf }],
  "ocsf-all": [{ file: "ocsf-all.ndjson", render: renderOcsfAll }],
  inventory: [
    { file: INVENTORY_FILE, render: renderInventory },
    { file: "inventory-manifest.json", render: renderInventoryManifest },
  ],
  prometheus: [{ file: "report.prom", render: renderPrometheus }],
};

/** The scope of OCSF findings: only checks that did not pass, or every object. */
export const OCSF_SCOPES = ["findings", "all"] as const;
export type OcsfScope = (typeof OCSF_SCOPES)[number];

/** The same formats, with OCSF for every object if requested. */
export function withOcsfScope(formats: readonly ReportFormatName[], scope: OcsfScope): readonly ReportFormatName[] {
  return scope === "findings" ? formats : formats.map((name) => (name === "ocsf" ? "ocsf-all" : name));
}

/** The files of these formats. @default every possible report file */
export function reportFiles(formats: readonly ReportFormatName[] = REPORT_FORMAT_NAMES): readonly ReportFile[] {
  return formats.flatMap((name) => REPORT_FORMATS[name]);
}

export interface WriteReportsInput {
  /** As in run.json, including the end of its last session. */
  readonly run: RunRecord;
  /** Reads the journal from the beginning on each call. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
  readonly formats: readonly ReportFormatName[];
}

/** Writes each report atomically. The same run.json and journal give the same bytes. */
export async function writeReports(
  runDir: string,
  { run, readJournal, formats }: WriteReportsInput,
  put: PutFile = putInto(runDir),
): Promise<void> {
  const source = { run, readJournal, survey: await survey(readJournal(), run.scopes) };
  for (const { file, render } of reportFiles(formats)) {
    await put(file, render(source));
  }
}

export const SUMMARY_FILE = "summary.json";

export function writeSummary(runDir: string, summary: Summary, put: PutFile = putInto(runDir)): Promise<void> {
  return put(SUMMARY_FILE, [summaryText(summary)]);
}

export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
