import { renderCsv } from "./csv/render-csv.js";
import { renderHtml } from "./html/render-html.js";
import { INVENTORY_FILE, renderInventory, renderInventoryManifest } from "./inventory/render-inventory.js";
import { renderMarkdown } from "./markdown/render-markdown.js";
import { renderOcsf, renderOcsfAll } from "./ocsf/render-ocsf.js";
import { renderPrometheus } from "./prometheus/render-prometheus.js";
import type { RenderReport } from "./report-source.js";

export const REPORT_FORMAT_NAMES = ["html", "csv", "md", "ocsf", "ocsf-all", "inventory", "prometheus"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

/** What a run writes that was not told otherwise: the two that have a line for every object besides the CSV are asked for. */
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

/** What OCSF findings are written of: what did not pass, or every object. */
export const OCSF_SCOPES = ["findings", "all"] as const;
export type OcsfScope = (typeof OCSF_SCOPES)[number];

/** The same formats, with OCSF of every object where that was asked for. */
export function withOcsfScope(formats: readonly ReportFormatName[], scope: OcsfScope): readonly ReportFormatName[] {
  return scope === "findings" ? formats : formats.map((name) => (name === "ocsf" ? "ocsf-all" : name));
}

/** The files of these formats. @default every file that a report may be */
export function reportFiles(formats: readonly ReportFormatName[] = REPORT_FORMAT_NAMES): readonly ReportFile[] {
  return formats.flatMap((name) => REPORT_FORMATS[name]);
}
