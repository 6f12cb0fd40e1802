import { join } from "node:path";
import { z } from "zod";
import { readIfThere } from "../journal/folder-files.js";
import { hashChunks, hashFile } from "../journal/stage-files.js";
import { parseAs } from "../model/parse.js";
import { reportFiles } from "../report/formats.js";
import { closesAsSeen } from "../report/not-seen.js";
import { SUMMARY_FILE, type Summary } from "../report/summary.js";
import type { ReportSource } from "../report/survey.js";
import { closingWords } from "../report/verdict-kind.js";
import type { Finding } from "./finding.js";
import { firstDifference } from "./journal-tree.js";

/** Renders each of the given report files again in memory and compares it with the file. */
export async function checkReports(runDir: string, files: readonly string[], source: ReportSource): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { file, render } of reportFiles()) {
    if (!files.includes(file)) {
      continue;
    }
    const there = await hashFile(join(runDir, file));
    const fresh = await hashChunks(render(source));
    if (there.sha256 !== fresh.sha256) {
      findings.push({ kind: "report-differs", path: file });
    }
  }
  return findings;
}

/** Compares summary.json with totals newly computed from the journal. */
export async function checkSummary(runDir: string, folded: Summary): Promise<Finding[]> {
  const bytes = await readIfThere(join(runDir, SUMMARY_FILE));
  if (bytes === undefined) {
    return [{ kind: "file-missing", path: SUMMARY_FILE }];
  }
  const said = parseAs(z.unknown(), bytes.toString("utf8"));
  if (!said.ok) {
    return [{ kind: "file-invalid", path: SUMMARY_FILE, problem: said.problem }];
  }
  const problem = firstDifference(said.value, folded);
  return problem === undefined ? [] : [{ kind: "summary-differs", path: SUMMARY_FILE, problem }];
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
