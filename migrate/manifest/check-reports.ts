import { join } from "node:path";
import { hashChunks, hashFile } from "../journal/stage-files.js";
import { reportFiles } from "../report/formats.js";
import type { ReportSource } from "../report/summary-fold.js";
import type { Finding } from "./finding.js";

/** Makes each of the given report files again, without writing it, and compares. */
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
