import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeManifest } from "../../../migrate/evidence/write-manifest.js";
import { openJournal } from "../../../migrate/journal/journal-writer.js";
import { readJournal } from "../../../migrate/journal/read-journal.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { writeReports, writeSummary } from "../../../migrate/report/formats.js";
import { summarise } from "../../../migrate/report/summary-fold.js";
import { aRun } from "../report/a-run.js";

export const FIRST_SEGMENT = "journal/000001.ndjson";
export const SECOND_SEGMENT = "journal/000002.ndjson";

/** A run folder as a run leaves it, its journal in two segments. */
export async function runFolder(records: readonly JournalRecord[], run: RunRecord = aRun()): Promise<string> {
  const runDir = await mkdtemp(join(tmpdir(), "run-"));
  await writeFile(join(runDir, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
  const half = Math.ceil(records.length / 2);
  for (const session of [records.slice(0, half), records.slice(half)]) await writeSegment(runDir, session);
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

/** One more segment, as a session writes it. */
async function writeSegment(runDir: string, records: readonly JournalRecord[]): Promise<void> {
  const journal = await openJournal(runDir);
  await Promise.all(records.map((record) => journal.append(record)));
  await journal.close();
}
