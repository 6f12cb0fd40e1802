import { rm } from "node:fs/promises";
import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import { listSegments } from "../journal/segments.js";

/** Removes what an audit wrote down by a baseline that does not hold, the last of it first: what it read will be read again. */
export async function voidJournal(runDir: string): Promise<void> {
  for (const segment of (await listSegments(runDir)).toReversed()) await rm(segment, { force: true });
}

/** Ends what a kill cut short: run.json says that the baseline was dropped, and lines of the journal still rest on it. */
export async function voidDropped(runDir: string, run: Pick<RunRecord, "baseline">): Promise<void> {
  if (run.baseline === undefined || run.baseline.dropped === null) return;
  if (await restsOnBaseline(runDir)) await voidJournal(runDir);
}

async function restsOnBaseline(runDir: string): Promise<boolean> {
  for await (const record of readJournal(runDir)) {
    if ((record.kind === "outcome" || record.kind === "version") && record.baseline?.use === "taken") return true;
  }
  return false;
}
