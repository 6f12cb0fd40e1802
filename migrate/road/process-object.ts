import type { OutcomeRecord } from "../journal/record.js";
import type { ObjectRef } from "../list/object-ref.js";
import { type Finding, findingOfInspection } from "./finding.js";
import type { UnansweredAttempt } from "./landed-copy.js";
import { type Look, look } from "./look.js";
import type { Road } from "./road.js";

/** How often an object that others keep writing to is looked at. */
const MAX_LOOKS = 5;

/**
 * The road of one object, from its listing to its journal line.
 * `null` where the run was interrupted before the object came to an outcome: a resumed run takes it up again.
 */
export async function processObject(ref: ObjectRef, road: Road): Promise<OutcomeRecord | null> {
  const startedMs = performance.now();
  const notes: string[] = [];
  let finding: Finding | undefined;
  const begun = road.earlierAttempt(ref);
  let attempt: UnansweredAttempt | undefined = begun && { ...begun, answer: "lost" };
  let looks = 0;
  try {
    while (finding === undefined && looks < MAX_LOOKS) {
      looks += 1;
      const seen: Look = await look(ref, road, attempt);
      if (seen.kind === "done") {
        finding = seen.finding;
      } else {
        notes.push(seen.note);
        attempt = seen.attempt;
      }
    }
  } catch (error) {
    if (road.signal?.aborted) return null;
    throw error;
  }
  const settled = finding ?? keptChanging(ref);
  // A failure under an interruption may be its doing: retries were cut short.
  if (road.signal?.aborted && settled.outcome.kind === "failed") return null;
  return toRecord(ref, { ...settled, notes: [...settled.notes, ...notes] }, looks, startedMs, road);
}

function toRecord(ref: ObjectRef, finding: Finding, attempts: number, startedMs: number, road: Road): OutcomeRecord {
  return {
    kind: "outcome",
    bucket: ref.bucket,
    key: ref.key,
    before: finding.before,
    after: finding.after,
    decision: finding.decision,
    outcome: finding.outcome,
    notes: [...new Set(finding.notes)],
    attempts,
    durationMs: Math.round(performance.now() - startedMs),
    requestIds: finding.requestIds.filter((id) => id !== null),
    at: road.now().toISOString(),
  };
}

function keptChanging(ref: ObjectRef): Finding {
  const vanished = findingOfInspection(ref, { kind: "vanished" });
  const outcome = {
    kind: "failed" as const,
    reason: "kept-changing" as const,
    detail: `changed between each of ${MAX_LOOKS} looks and the copy that followed`,
  };
  return { ...vanished, decision: { kind: "none", reason: "kept-changing" }, outcome };
}
