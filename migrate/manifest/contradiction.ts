import type { Observation, OutcomeRecord } from "../journal/record.js";

/** What a record claims against what it saw; undefined where the two agree. */
export function contradiction({ outcome, before, after }: OutcomeRecord): string | undefined {
  if (outcome.kind === "migrated" && !isEncrypted(after)) {
    return `migrated, yet the state after is ${after?.state ?? "missing"}`;
  }
  if (outcome.kind === "already-encrypted" && !isEncrypted(before)) {
    return `already encrypted, yet the state before is ${before.state}`;
  }
  const unseen = [before, after].find((seen) => seen !== null && seen.evidence === null && seen.state !== "unknown");
  return unseen ? `the state ${unseen.state} has no evidence` : undefined;
}

function isEncrypted(seen: Observation | null): boolean {
  return seen !== null && seen.state !== "none" && seen.state !== "unknown";
}
