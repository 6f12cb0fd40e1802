import type { Observation, Outcome } from "../journal/record.js";
import type { ObjectFacts, ObjectRef } from "../model/object.js";
import {
  type Decision,
  ENCRYPTED_REASONS,
  type EncryptedReason,
  failReason,
  type NotFoundReason,
  type RefuseReason,
  type SkipReason,
} from "../model/reason.js";
import type { ListingFault } from "../store/answers.js";
import type { Inspection } from "./inspect.js";

/** What one look at an object came to. */
export interface Finding {
  readonly before: Observation;
  readonly after: Observation | null;
  readonly decision: Decision;
  readonly outcome: Outcome;
  readonly notes: readonly string[];
  readonly requestIds: readonly (string | null)[];
}

export function observe(facts: ObjectFacts): Observation {
  const { etag, sizeBytes, lastModified, storageClass, versionId } = facts;
  return { ...facts.encryption, etag, sizeBytes, lastModified, storageClass, versionId };
}

/** All that is known of an object that HEAD did not show. */
export function observeListing({ isListed, etag, sizeBytes, lastModified, storageClass }: ObjectRef): Observation {
  const nothing = { state: "unknown", evidence: null, versionId: null } as const;
  if (isListed === false) return { ...nothing, etag: null, sizeBytes, lastModified: null, storageClass };
  return { state: "unknown", evidence: null, etag, sizeBytes, lastModified, storageClass, versionId: null };
}

/** Of an object that a manifest names and that was not found; `because` says why another object of that key is not meant. */
export function findingOfNotFound(ref: ObjectRef, because?: string): Finding {
  const reason: NotFoundReason = because === undefined ? "not-in-bucket" : "not-as-named";
  return {
    before: observeListing(ref),
    after: null,
    decision: { kind: "none", reason },
    outcome: { kind: "not-found", reason },
    notes: because === undefined ? [] : [because],
    requestIds: [],
  };
}

export function findingOfInspection(
  ref: ObjectRef,
  inspection: Exclude<Inspection, { kind: "found" }>,
  /** Whether a customer key was given for its name. */
  keyGiven = false,
): Finding {
  const listing = observeListing(ref);
  const nothing = { before: listing, after: null, notes: [] };
  switch (inspection.kind) {
    case "vanished":
      return {
        ...nothing,
        decision: { kind: "none", reason: "vanished" },
        outcome: { kind: "vanished" },
        requestIds: [],
      };
    case "sse-c": {
      const reason = keyGiven ? "sse-c-wrong-key" : "sse-c-without-key";
      return {
        ...nothing,
        before: { ...listing, state: "sse-c", evidence: "head-header" },
        decision: { kind: "skip", reason },
        outcome: { kind: "skipped", reason },
        notes: ["the store refuses to show it without its key (400)"],
        requestIds: [inspection.requestId],
      };
    }
    case "failed": {
      const reason = failReason(inspection.error);
      const outcome: Outcome = { kind: "failed", reason, detail: inspection.error.message };
      return {
        ...nothing,
        decision: { kind: "none", reason },
        outcome,
        requestIds: [inspection.error.facts.requestId],
      };
    }
  }
}

const FAULT_WORDS: Readonly<Record<ListingFault["kind"], (raw: string) => string>> = {
  "unreadable-key": (raw) => `the listing shows its key as ${JSON.stringify(raw)}, which cannot be decoded`,
  "unreadable-size": (raw) =>
    raw === "" ? "the listing shows no size" : `the listing shows its size as ${JSON.stringify(raw)}`,
  "unreadable-date": (raw) =>
    raw === "" ? "the listing shows no date" : `the listing shows its date as ${JSON.stringify(raw)}`,
};

/** What became of an entry of a listing that cannot be read in full: nothing was asked of the object. */
export function outcomeOfFault({ kind, raw }: ListingFault): Extract<Outcome, { kind: "failed" }> {
  return { kind: "failed", reason: kind, detail: FAULT_WORDS[kind](raw) };
}

/** Of an object that is left as it is, by decision or because this run does not write. */
export function findingOfDecision(
  facts: ObjectFacts,
  decision: Decision,
  mode: "audit" | "dry-run" | "migrate",
): Finding {
  const unwritten: SkipReason = mode === "audit" ? "audit-only" : "dry-run";
  return {
    before: observe(facts),
    after: null,
    decision,
    outcome: outcomeOfDecision(decision, unwritten),
    notes: facts.clientSideEncrypted ? ["encrypted by the client that wrote it; the store does not encrypt it"] : [],
    requestIds: [facts.requestId],
  };
}

function outcomeOfDecision(decision: Decision, unwritten: SkipReason): Outcome {
  if (decision.kind === "refuse") return { kind: "refused", reason: decision.reason };
  if (decision.kind !== "skip") return { kind: "skipped", reason: unwritten };
  const { reason } = decision;
  return isEncryptedReason(reason) ? { kind: "already-encrypted", reason } : { kind: "skipped", reason };
}

function isEncryptedReason(reason: EncryptedReason | SkipReason): reason is EncryptedReason {
  return ENCRYPTED_REASONS.some((known) => known === reason);
}

/** What was found of an object, where its copy is refused after all. */
export function refused(draft: Finding, reason: RefuseReason, ...notes: readonly string[]): Finding {
  const outcome: Outcome = { kind: "refused", reason };
  return { ...draft, decision: { kind: "refuse", reason }, outcome, notes: [...draft.notes, ...notes] };
}

export function failed(reason: Extract<Outcome, { kind: "failed" }>["reason"], detail: string): Outcome {
  return { kind: "failed", reason, detail };
}
