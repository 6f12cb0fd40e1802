import { renderCsv } from "./csv/render-csv.js";
import { renderHtml } from "./html/render-html.js";
import { renderMarkdown } from "./markdown/render-markdown.js";
import type { RenderReport } from "./report-source.js";

export const REPORT_FORMAT_NAMES = ["html", "csv", "md"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

interface ReportFormat {
  /** The file's name in the run folder. */
  readonly file: string;
  readonly render: RenderReport;
}

export const REPORT_FORMATS: Readonly<Record<ReportFormatName, ReportFormat>> = {
  html: { file: "report.html", render: renderHtml },
  csv: { file: "report.csv", render: renderCsv },
  md: { file: "report.md", render: renderMarkdown },
};
