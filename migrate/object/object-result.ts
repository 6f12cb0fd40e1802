import type { BegunCopy } from "../journal/in-flight.js";
import type { VersionOutcome } from "../journal/observation.js";
import type { Observation, Outcome } from "../journal/record.js";
import type { ObjectFacts, ObjectRef } from "../model/object.js";
import {
  ENCRYPTED_REASONS,
  type EncryptedReason,
  failReason,
  type NotFoundReason,
  type RecordedDecision,
  type RefuseReason,
  type SkipReason,
  type StrategyName,
} from "../model/reason.js";
import { type Decision, recordedDecision } from "../plan/plan.js";
import type { ListingFault } from "../store/answers.js";
import type { StoreError } from "../store/store-error.js";
import type { Inspection } from "./inspect.js";

/** The result of one look at an object. */
export interface ObjectResult {
  readonly before: Observation;
  readonly after: Observation | null;
  readonly decision: RecordedDecision;
  readonly outcome: Outcome;
  readonly notes: readonly string[];
  readonly requestIds: readonly (string | null)[];
}

export function observe(facts: ObjectFacts): Observation {
  const { encryption, etag, sizeBytes, lastModified, storageClass, kmsKeyId, versionId } = facts;
  const { state, evidence } = encryption;
  if (kmsKeyId === undefined) return { state, evidence, etag, sizeBytes, lastModified, storageClass, versionId };
  return { state, evidence, etag, sizeBytes, lastModified, storageClass, kmsKeyId, versionId };
}

/** Everything that is known about an object that HEAD did not show. */
export function observeListing({ isListed, etag, sizeBytes, lastModified, storageClass }: ObjectRef): Observation {
  const nothing = { state: "unknown", evidence: null, versionId: null } as const;
  if (isListed === false) return { ...nothing, etag: null, sizeBytes, lastModified: null, storageClass };
  return { state: "unknown", evidence: null, etag, sizeBytes, lastModified, storageClass, versionId: null };
}

/**
 * The result for an object that a manifest names and that was not found. `because` says why another object
 * with that key is not the one that was meant.
 */
export function resultOfNotFound(ref: ObjectRef, because?: string): ObjectResult {
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

export function resultOfInspection(
  ref: ObjectRef,
  inspection: Exclude<Inspection, { kind: "found" }>,
  /** Whether a customer key was given for the object's name. */
  keyGiven = false,
): ObjectResult {
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

/** The outcome of a listing entry that cannot be read completely: no request was made about the object. */
export function outcomeOfFault({ kind, raw }: ListingFault): Extract<Outcome, { kind: "failed" }> {
  return { kind: "failed", reason: kind, detail: FAULT_WORDS[kind](raw) };
}

/** The result for an object that is left unchanged, by decision or because this run does not write. */
export function resultOfDecision(
  facts: ObjectFacts,
  decision: Decision | RecordedDecision,
  mode: "audit" | "dry-run" | "migrate",
): ObjectResult {
  const unwritten: SkipReason = mode === "audit" ? "audit-only" : "dry-run";
  return {
    before: observe(facts),
    after: null,
    decision: recordedDecision(decision),
    outcome: outcomeOfDecision(decision, unwritten),
    notes: facts.clientSideEncrypted ? ["encrypted by the client that wrote it; the store does not encrypt it"] : [],
    requestIds: [facts.requestId],
  };
}

function outcomeOfDecision(decision: Decision | RecordedDecision, unwritten: SkipReason): Outcome {
  if (decision.kind === "refuse") return { kind: "refused", reason: decision.reason };
  if (decision.kind !== "skip") return { kind: "skipped", reason: unwritten };
  const { reason } = decision;
  return isEncryptedReason(reason) ? { kind: "already-encrypted", reason } : { kind: "skipped", reason };
}

function isEncryptedReason(reason: EncryptedReason | SkipReason): reason is EncryptedReason {
  return ENCRYPTED_REASONS.some((known) => known === reason);
}

/** Adds to the findings about an object that its copy is refused after all. */
export function refused(draft: ObjectResult, reason: RefuseReason, ...notes: readonly string[]): ObjectResult {
  const outcome: Outcome = { kind: "refused", reason };
  return { ...draft, decision: { kind: "refuse", reason }, outcome, notes: [...draft.notes, ...notes] };
}

export function failed(reason: Extract<Outcome, { kind: "failed" }>["reason"], detail: string): Outcome {
  return { kind: "failed", reason, detail };
}

/** A copy whose answer never arrived, or was a refusal that need not be true. */
export interface UnansweredCopy extends BegunCopy {
  /** `refused`: the store finally said so, but may have made the copy in an earlier attempt. */
  readonly answer: "lost" | "refused";
}

/**
 * - `again`: somebody else wrote to the object meanwhile, or the listing lags behind, so the findings do not
 *   hold.
 * - `waited`: nothing was done, and the wait was so long that anything may have changed.
 */
export type AttemptResult =
  | { readonly kind: "done"; readonly result: ObjectResult }
  | {
      readonly kind: "again";
      readonly why: "changed" | "not-found";
      readonly note: string;
      readonly copy?: UnansweredCopy | undefined;
      /** The strategy that the store refused, as it does if an object changed. */
      readonly refusedWay?: RefusedWay | undefined;
    }
  | {
      readonly kind: "waited";
      /** Whether the next attempt will need the access control list, which it then requests together with HEAD. */
      readonly needsAcl: boolean;
    };

/** The results of earlier attempts at the same object. */
export interface EarlierAttempts {
  /** A copy that got no answer. */
  readonly copy?: UnansweredCopy | undefined;
  readonly refusedWays: readonly RefusedWay[];
  /** As a long wait left it. @default false */
  readonly needsAcl?: boolean;
}

export const CHANGED = "changed by someone else meanwhile";

/** The result for the object whose copy ended with this error of the store. */
export function resultOfError(error: StoreError, draft: ObjectResult): AttemptResult {
  const requestIds = [...draft.requestIds, error.facts.requestId];
  const done = (outcome: ObjectResult["outcome"]): AttemptResult => ({
    kind: "done",
    result: { ...draft, requestIds, outcome },
  });
  // An upload that is gone was completed by a request whose answer was lost, or aborted by someone else.
  const uploadGone = error.facts.code === "NoSuchUpload";
  // Out of range: the object is shorter than it was, and the store did not check a condition first.
  if (error.kind === "precondition-failed" || error.kind === "out-of-range" || uploadGone) {
    return { kind: "again", why: "changed", note: CHANGED };
  }
  // The 404 may be about a tag set or a version that is gone: the next look shows the state of the object.
  if (error.kind === "not-found") return { kind: "again", why: "changed", note: `${error.message} (404)` };
  if (error.kind === "archived") return done({ kind: "skipped", reason: "archived" });
  return done(failed(failReason(error), error.message));
}

/** How long findings about an object count: changes that leave its ETag alone fail no condition. */
const LONG_MS = 250;

/** Waits, and resolves with whether that took so long that earlier findings must be checked again. */
export async function isLongWait(wait: Promise<unknown>): Promise<boolean> {
  const startedMs = performance.now();
  await wait;
  return performance.now() - startedMs > LONG_MS;
}

/** The first objects of a bucket wait until the bucket is tested, which takes seconds. */
export class WaitedLong extends Error {
  override readonly name = "WaitedLong";
}

/**
 * A strategy that a store refused as if the object had changed, and the findings about the object before
 * that.
 */
export interface RefusedWay {
  readonly facts: Sighting;
  readonly strategy: StrategyName;
  /** The store's own words. */
  readonly message: string;
}

/** The properties that distinguish one write from another. */
export type Sighting = Pick<Observation, "etag" | "sizeBytes" | "lastModified" | "versionId">;

const OF_LISTING: ReadonlySet<string> = new Set(["unreadable-key", "unreadable-size", "unreadable-date"]);

/** Whether the listing alone decided the outcome, without a question to the store. */
export function isOfListing({ outcome }: { readonly outcome: Outcome | VersionOutcome }): boolean {
  return outcome.kind === "failed" && OF_LISTING.has(outcome.reason);
}
