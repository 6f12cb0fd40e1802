import { type PutFile, putInto } from "../journal/stage-files.js";
import type { Summary } from "./summary.js";

export const SUMMARY_FILE = "summary.json";

export function writeSummary(runDir: string, summary: Summary, put: PutFile = putInto(runDir)): Promise<void> {
  return put(SUMMARY_FILE, [summaryText(summary)]);
}

export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
