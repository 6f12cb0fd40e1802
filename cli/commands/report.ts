import { join } from "node:path";
import { findingWords, rewriteReports, UsageError } from "../../migrate/index.js";
import {
  OCSF_SCOPES,
  type OcsfScope,
  REPORT_FORMAT_NAMES,
  type ReportFormatName,
  reportFiles,
  withOcsfScope,
} from "../../migrate/report/formats.js";
import type { ReportFlags } from "../declarations/run-folders.js";
import { print, warn } from "../print/terminal.js";
import { passphraseOfEnvironment } from "./command-inputs.js";

export async function report({ formats, ocsf, ...others }: ReportFlags, runDir: string): Promise<void> {
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
