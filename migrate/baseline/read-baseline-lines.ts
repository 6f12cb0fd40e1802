import { locatedRecords } from "../evidence/journal-tree.js";
import type { VerifiedFolder } from "../evidence/verified-folder.js";
import { type BaselineEntry, baselineEntry } from "./baseline-entry.js";

/** What the lines of a verified run tell that could count, in the order of its journal. */
export async function* readBaselineLines(
  { runDir, segments, run, digest }: Pick<VerifiedFolder, "runDir" | "segments" | "run" | "digest">,
  by: { readonly toolVersion: string; readonly provider: string },
): AsyncGenerator<BaselineEntry> {
  for await (const { record, segment, line } of locatedRecords(runDir, segments)) {
    const entry = baselineEntry(record, { ...by, run, line: { run: digest, segment, line } });
    if (entry !== null) yield entry;
  }
}
