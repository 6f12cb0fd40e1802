import { join } from "node:path";
import { findingWords, rewriteReports, UsageError } from "../../migrate/index.js";
import { signing } from "../../migrate/options/options-of-every-run.js";
import {
  DEFAULT_FORMATS,
  OCSF_SCOPES,
  type OcsfScope,
  REPORT_FORMAT_NAMES,
  type ReportFormatName,
  reportFiles,
  withOcsfScope,
} from "../../migrate/report/formats.js";
import { print, warn } from "../print/terminal.js";
import { passphraseOfEnvironment } from "./command-inputs.js";
import { type CommandFlags, declareCommand, type FlagsOf } from "./declare-command.js";

const options = {
  formats: {
    flag: "--format <names>",
    help: `reports to write, comma-separated: ${REPORT_FORMAT_NAMES.join(",")}`,
    preset: DEFAULT_FORMATS.join(","),
  },
  ocsf: { flag: "--ocsf <which>", help: "findings (what needs attention) or all (every object)", preset: "findings" },
  ...signing,
  dropSignature: { flag: "--drop-signature", help: "drop signatures that do not cover the new reports" },
} as const satisfies CommandFlags;

export const reportCommand = declareCommand({
  name: "report",
  description: "write the reports of a run again, from its journal",
  words: { "<run-folder>": "the folder that audit or migrate wrote" },
  options,
  examples: `  bucketseal report run-1
  bucketseal report run-1 --format csv,md`,
  run: (flags, runDir) => report(runDir, flags),
});

async function report(runDir: string, { formats, ocsf, ...others }: FlagsOf<typeof options>): Promise<void> {
  const given = formats.split(",");
  const problems = [
    ...given.flatMap((name) => notAllowed("format", name, REPORT_FORMAT_NAMES)),
    ...notAllowed("ocsf", ocsf, OCSF_SCOPES),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  const names = withOcsfScope(given as ReportFormatName[], ocsf as OcsfScope);
  const { leftOut, dropped } = await rewriteReports(runDir, names, { ...others, ...passphraseOfEnvironment() });
  for (const finding of leftOut) warn(findingWords(finding));
  for (const keyid of dropped) warn(`the signature of key ${keyid} was dropped: it does not cover these reports`);
  for (const { file } of reportFiles(names)) print(join(runDir, file));
}

function notAllowed(flag: string, value: string, allowed: readonly string[]): string[] {
  if (allowed.includes(value)) return [];
  return [`--${flag}: "${value}" is not allowed: give one or more of ${allowed.join(", ")}`];
}
