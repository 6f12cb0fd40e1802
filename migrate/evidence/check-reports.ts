import { join } from "node:path";
import { z } from "zod";
import { readIfThere } from "../journal/folder-files.js";
import type { RunRecord } from "../journal/run-record.js";
import { hashChunks, hashText } from "../journal/stage-files.js";
import { parseAs } from "../model/parse.js";
import { type ReportFile, reportFiles } from "../report/formats.js";
import { LANGS, langOf } from "../report/language.js";
import { closesAsSeen, closingWords } from "../report/not-seen.js";
import { SUMMARY_FILE, type Summary, type Totals } from "../report/summary.js";
import type { ReportSource } from "../report/survey.js";
import type { Finding } from "./finding.js";
import { firstDifference } from "./journal-tree.js";

/** Renders each of the given report files again in memory, in each of its languages, and compares it with the file. */
export async function checkReports(runDir: string, files: readonly string[], source: ReportSource): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const report of reportFiles().filter(({ file }) => files.includes(file))) {
    const { file } = report;
    const there = await hashText(join(runDir, file));
    if (!(await isRendered(there?.sha256, report, source))) findings.push({ kind: "report-differs", path: file });
  }
  return findings;
}

/** Reports may have been made again in another language than that of the run. */
async function isRendered(
  sha256: string | undefined,
  { render, isTranslated }: ReportFile,
  source: ReportSource,
): Promise<boolean> {
  const own = langOf(source.run);
  for (const lang of [own, ...LANGS.filter((other) => isTranslated && other !== own)]) {
    if ((await hashChunks(render({ ...source, lang }))).sha256 === sha256) return true;
  }
  return false;
}

/** Compares summary.json with totals newly computed from the journal, in each layout that the run may have. */
export async function checkSummary(runDir: string, { tool }: RunRecord, folded: Summary): Promise<Finding[]> {
  const bytes = await readIfThere(join(runDir, SUMMARY_FILE));
  if (bytes === undefined) {
    return [{ kind: "file-missing", path: SUMMARY_FILE }];
  }
  const said = parseAs(z.unknown(), bytes.toString("utf8"));
  if (!said.ok) {
    return [{ kind: "file-invalid", path: SUMMARY_FILE, problem: said.problem }];
  }
  // If the reports of such a run were made again later, its summary has today's layout.
  const layouts = tool.layout === undefined ? [folded, inFirstLayout(folded)] : [folded];
  const problems = layouts.map((summary) => firstDifference(said.value, summary));
  const problem = problems.at(-1);
  if (problem === undefined || problems.includes(undefined)) return [];
  return [{ kind: "summary-differs", path: SUMMARY_FILE, problem }];
}

/** The first layout did not count the plaintext that a run's copies left as noncurrent versions. */
function inFirstLayout(summary: Summary): Summary {
  return { ...summary, total: withoutMade(summary.total), scopes: summary.scopes.map(withoutMade) };
}

function withoutMade<T extends Totals>(totals: T): T {
  if (totals.noncurrent === undefined) return totals;
  const { made: _made, ...noncurrent } = totals.noncurrent;
  return { ...totals, noncurrent };
}

/**
 * Reports a run whose totals do not add up, and names the scopes that are off. A scope that was not seen
 * reports itself and is not among them.
 */
export function checkTotals(summary: Summary): Finding[] {
  const { total, scopes } = summary;
  const open = scopes.filter(({ closes, unseen }) => !closes && unseen === undefined);
  return [
    ...open.map((scope) => ({
      kind: "totals-open" as const,
      path: SUMMARY_FILE,
      problem: `s3://${scope.bucket}/${scope.prefix}: ${closingWords(scope)}`,
    })),
    ...(open.length === 0 && !closesAsSeen(summary)
      ? [{ kind: "totals-open" as const, path: SUMMARY_FILE, problem: closingWords(total) }]
      : []),
  ];
}
