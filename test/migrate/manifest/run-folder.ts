import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJournal } from "../../../migrate/journal/read-journal.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { writeManifest } from "../../../migrate/manifest/write-manifest.js";
import { summarise } from "../../../migrate/report/summarise.js";
import { writeReports } from "../../../migrate/report/write-reports.js";
import { writeSummary } from "../../../migrate/report/write-summary.js";
import { aRun } from "../report/a-run.js";

export const FIRST_SEGMENT = "journal/000001.ndjson";
export const SECOND_SEGMENT = "journal/000002.ndjson";

/** A run folder as a run leaves it, its journal in two segments. */
export async function runFolder(records: readonly JournalRecord[], run: RunRecord = aRun()): Promise<string> {
  const runDir = await mkdtemp(join(tmpdir(), "run-"));
  await mkdir(join(runDir, "journal"));
  await writeFile(join(runDir, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
  const half = Math.ceil(records.length / 2);
  await writeFile(join(runDir, FIRST_SEGMENT), linesOf(records.slice(0, half)));
  await writeFile(join(runDir, SECOND_SEGMENT), linesOf(records.slice(half)));
  await writeSummary(runDir, await summarise(readJournal(runDir), run.scopes));
  await writeReports(runDir, { run, readJournal: () => readJournal(runDir), formats: ["html", "csv", "md"] });
  await writeManifest(runDir);
  return runDir;
}

/** Changes the text of one file, as someone with an editor would. */
export async function edit(runDir: string, path: string, change: (text: string) => string): Promise<void> {
  const file = join(runDir, path);
  await writeFile(file, change(await readFile(file, "utf8")));
}

/** The same by lines. */
export function editLines(runDir: string, path: string, change: (lines: string[]) => string[]): Promise<void> {
  return edit(runDir, path, (text) => `${change(text.trimEnd().split("\n")).join("\n")}\n`);
}

function linesOf(records: readonly JournalRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
