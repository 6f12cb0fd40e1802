import { join } from "node:path";
import { Command } from "commander";
import { findingWords, rewriteReports, UsageError } from "../../migrate/index.js";
import { REPORT_FORMAT_NAMES, REPORT_FORMATS, type ReportFormatName } from "../../migrate/report/report-formats.js";
import { print, warn } from "../print/terminal.js";

const EXAMPLES = `
Examples:
  bucketseal report run-1
  bucketseal report run-1 --format csv,md`;

export function reportCommand(): Command {
  return new Command("report")
    .description("make the reports of a run again, from its journal")
    .argument("<run-folder>", "the folder that audit or migrate wrote")
    .option("--format <names>", `which: ${REPORT_FORMAT_NAMES.join(",")}`, REPORT_FORMAT_NAMES.join(","))
    .addHelpText("after", EXAMPLES)
    .action(report);
}

async function report(runDir: string, { format }: { format: string }): Promise<void> {
  const names = format.split(",");
  const unknown = names.filter((name) => !REPORT_FORMAT_NAMES.some((known) => known === name));
  if (unknown.length > 0) {
    const allowed = REPORT_FORMAT_NAMES.join(", ");
    throw new UsageError(unknown.map((name) => `--format: "${name}" is not allowed: give one or more of ${allowed}`));
  }
  const { leftOut } = await rewriteReports(runDir, names as ReportFormatName[]);
  for (const finding of leftOut) warn(findingWords(finding));
  for (const name of names as ReportFormatName[]) print(join(runDir, REPORT_FORMATS[name].file));
}
