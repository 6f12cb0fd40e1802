import type { JournalRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";

type Given = Pick<RunRecord, "command" | "baseline" | "keyManifest">;

/** What a line rests on that the run did not go by, in words; undefined where it rests on its own look, or on what run.json names. Pure. */
export function unfoundedEvidence(record: JournalRecord, run: Given): string | undefined {
  if (record.kind !== "outcome" && record.kind !== "version") return undefined;
  const { evidence } = record.before;
  const isTaken = record.baseline?.use === "taken";
  if (isTaken !== (evidence === "baseline")) {
    return isTaken
      ? `taken from a baseline, yet its evidence is ${evidence}`
      : "its evidence is a baseline, and it names no line of one";
  }
  const { baseline } = record;
  if (baseline !== undefined) return unfoundedBaseline(baseline.run, run);
  return evidence === "inventory" ? unfoundedInventory(run) : undefined;
}

function unfoundedBaseline(origin: string, { command, baseline }: Given): string | undefined {
  if (baseline === undefined || command !== "audit") return "it names a line of a baseline, and the run went by none";
  if (baseline.dropped !== null) return "it names a line of a baseline that was dropped";
  if (baseline.leftOut !== undefined) return "it names a line of a baseline that was left out";
  const isKnown = origin === baseline.run || baseline.origins.some(({ run }) => run === origin);
  return isKnown ? undefined : `it names a line of run ${origin}, which the baseline does not rest on`;
}

function unfoundedInventory({ command, keyManifest }: Given): string | undefined {
  const went = command === "audit" && keyManifest?.format === "inventory";
  return went ? undefined : "its evidence is an inventory, and the run went by none";
}
