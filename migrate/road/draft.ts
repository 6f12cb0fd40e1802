import type { Outcome } from "../journal/record.js";
import type { RefuseReason } from "../model/reason.js";
import type { Finding } from "./finding.js";

/** What was found of an object, where its copy is refused after all. */
export function refused(draft: Finding, reason: RefuseReason, ...notes: readonly string[]): Finding {
  const outcome: Outcome = { kind: "refused", reason };
  return { ...draft, decision: { kind: "refuse", reason }, outcome, notes: [...draft.notes, ...notes] };
}

export function failed(reason: Extract<Outcome, { kind: "failed" }>["reason"], detail: string): Outcome {
  return { kind: "failed", reason, detail };
}
