import { join } from "node:path";
import type { Summary } from "./summary.js";
import { writeAtomically } from "./write-atomically.js";

export const SUMMARY_FILE = "summary.json";

export function writeSummary(runDir: string, summary: Summary): Promise<void> {
  return writeAtomically(join(runDir, SUMMARY_FILE), [summaryText(summary)]);
}

export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
