import { journalLineSchema } from "../journal/journal-line.js";
import { journalLines } from "../manifest/journal-lines.js";
import type { VerifiedFolder } from "../manifest/open-verified-folder.js";
import { parseAs } from "../manifest/parse-as.js";
import { type BaselineEntry, baselineEntry } from "./baseline-entry.js";

/** What the lines of a verified run tell that could count, in the order of its journal. */
export async function* readBaselineLines(
  { runDir, segments, run, digest }: Pick<VerifiedFolder, "runDir" | "segments" | "run" | "digest">,
  by: { readonly toolVersion: string; readonly provider: string },
): AsyncGenerator<BaselineEntry> {
  for await (const { path, line, text } of journalLines(runDir, segments)) {
    const parsed = parseAs(journalLineSchema, text);
    if (!parsed.ok) throw new Error(`${path}: line ${line} is no journal record: ${parsed.problem}`);
    if (parsed.value.kind === "segment") continue;
    const entry = baselineEntry(parsed.value, { ...by, run, line: { run: digest, segment: path, line } });
    if (entry !== null) yield entry;
  }
}
