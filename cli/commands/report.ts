import { join } from "node:path";
import { Command } from "commander";
import { findingWords, type RewriteOptions, rewriteReports, UsageError } from "../../migrate/index.js";
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
import { PASSPHRASE_FILE } from "./run-flags.js";

const EXAMPLES = `
Examples:
  bucketseal report run-1
  bucketseal report run-1 --format csv,md`;

export function reportCommand(): Command {
  return new Command("report")
    .description("make the reports of a run again, from its journal")
    .argument("<run-folder>", "the folder that audit or migrate wrote")
    .option("--format <names>", `which: ${REPORT_FORMAT_NAMES.join(",")}`, DEFAULT_FORMATS.join(","))
    .option("--ocsf <which>", "OCSF of findings, or of all objects", "findings")
    .option("--sign <file>", "sign the manifest with this Ed25519 or ECDSA P-256 private key (PEM)")
    .option("--sign-passphrase-file <file>", PASSPHRASE_FILE)
    .option("--drop-signature", "let signatures go that are not over the new reports")
    .addHelpText("after", EXAMPLES)
    .action(report);
}

interface ReportFlags extends RewriteOptions {
  readonly format: string;
  readonly ocsf: string;
}

async function report(runDir: string, { format, ocsf, ...signing }: ReportFlags): Promise<void> {
  const given = format.split(",");
  const problems = [
    ...given.flatMap((name) => notAllowed("format", name, REPORT_FORMAT_NAMES)),
    ...notAllowed("ocsf", ocsf, OCSF_SCOPES),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  const names = withOcsfScope(given as ReportFormatName[], ocsf as OcsfScope);
  const { leftOut, dropped } = await rewriteReports(runDir, names, { ...signing, ...passphraseOfEnvironment() });
  for (const finding of leftOut) warn(findingWords(finding));
  for (const keyid of dropped) warn(`the signature of key ${keyid} is gone: it was not over these reports`);
  for (const { file } of reportFiles(names)) print(join(runDir, file));
}

function notAllowed(flag: string, value: string, allowed: readonly string[]): string[] {
  if (allowed.includes(value)) return [];
  return [`--${flag}: "${value}" is not allowed: give one or more of ${allowed.join(", ")}`];
}
