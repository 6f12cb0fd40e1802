import { RunError } from "../errors.js";
import type { RenderReport } from "./survey.js";

export const REPORT_FORMAT_NAMES = [
  "html",
  "csv",
  "md",
  "ocsf",
  "ocsf-all",
  "ocsf-all.gz",
  "inventory",
  "prometheus",
  "junit",
  "sarif",
] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

/** The formats that a run writes by default. */
export const DEFAULT_FORMATS: readonly ReportFormatName[] = ["html", "csv", "md", "ocsf", "prometheus"];

export interface ReportFile {
  /** Its name in the run folder. If it ends in .gz, the file holds the text compressed. */
  readonly file: string;
  readonly render: RenderReport;
  /** Its words are those of the source's language. Any other report is the same in all languages. */
  readonly isTranslated?: true;
}

/** Loads a format when its report is made, so that a run begins without it. */
function loaded(load: () => Promise<RenderReport>): RenderReport {
  return async function* (source) {
    yield* (await load().catch(explainMissing))(source);
  };
}

/** A long run may outlive the files that it was started from. */
function explainMissing(error: NodeJS.ErrnoException): never {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  throw new RunError(
    "the files of bucketseal were replaced or removed while it ran, and a report format could not be loaded; nothing is lost: run the command again, audit and migrate with --resume",
    { cause: error },
  );
}

const REPORT_FORMATS: Readonly<Record<ReportFormatName, readonly ReportFile[]>> = {
  html: [
    {
      file: "report.html",
      render: loaded(async () => (await import("./html/render-html.js")).renderHtml),
      isTranslated: true,
    },
  ],
  csv: [{ file: "report.csv", render: loaded(async () => (await import("./csv.js")).renderCsv) }],
  md: [
    {
      file: "report.md",
      render: loaded(async () => (await import("./markdown/render-markdown.js")).renderMarkdown),
      isTranslated: true,
    },
  ],
  ocsf: [{ file: "ocsf.ndjson", render: loaded(async () => (await import("./ocsf/render-ocsf.js")).renderOcsf) }],
  "ocsf-all": [
    { file: "ocsf-all.ndjson", render: loaded(async () => (await import("./ocsf/render-ocsf.js")).renderOcsfAll) },
  ],
  "ocsf-all.gz": [
    { file: "ocsf-all.ndjson.gz", render: loaded(async () => (await import("./ocsf/render-ocsf.js")).renderOcsfAll) },
  ],
  inventory: [
    { file: "inventory.csv", render: loaded(async () => (await import("./inventory.js")).renderInventory) },
    {
      file: "inventory-manifest.json",
      render: loaded(async () => (await import("./inventory.js")).renderInventoryManifest),
    },
  ],
  prometheus: [{ file: "report.prom", render: loaded(async () => (await import("./prometheus.js")).renderPrometheus) }],
  junit: [{ file: "junit.xml", render: loaded(async () => (await import("./junit.js")).renderJunit) }],
  sarif: [{ file: "report.sarif", render: loaded(async () => (await import("./sarif.js")).renderSarif) }],
};

/** The subjects of OCSF findings: each bucket and prefix, or also every object. */
export const OCSF_SCOPES = ["findings", "all", "all.gz"] as const;
export type OcsfScope = (typeof OCSF_SCOPES)[number];

/** The same formats, with OCSF for every object if requested. */
export function withOcsfScope(formats: readonly ReportFormatName[], scope: OcsfScope): readonly ReportFormatName[] {
  return scope === "findings" ? formats : formats.map((name) => (name === "ocsf" ? (`ocsf-${scope}` as const) : name));
}

/** The files of these formats. @default every possible report file */
export function reportFiles(formats: readonly ReportFormatName[] = REPORT_FORMAT_NAMES): readonly ReportFile[] {
  return formats.flatMap((name) => REPORT_FORMATS[name]);
}
