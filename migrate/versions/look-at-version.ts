import type { Observation, VersionOutcome, VersionRecord } from "../journal/observation.js";
import type { VersionRef } from "../list/list-objects.js";
import type { ObjectFacts } from "../model/object.js";
import { failReason, type VersionLeftReason } from "../model/reason.js";
import { encryptedReason } from "../model/target.js";
import type { RunContext } from "../object/context.js";
import { type Inspection, inspect } from "../object/inspect.js";
import { observe, outcomeOfFault } from "../object/object-result.js";
import type { ListingFault } from "../store/answers.js";
import { lockOf, type VersionLock } from "./chain.js";
import { removeVersion } from "./remove-version.js";

interface Seen {
  readonly before: Observation;
  readonly outcome: VersionOutcome;
  readonly notes?: readonly string[];
  /** The request ID of its removal. */
  readonly requestId?: string | null;
}

/**
 * Sends HEAD for a noncurrent version, and removes it if that was requested and loses nothing that is
 * current.
 */
export async function lookAtVersion(ref: VersionRef, context: RunContext): Promise<VersionRecord> {
  const { bucket, key, versionId } = ref;
  const startedMs = performance.now();
  if (ref.fault !== undefined) return recordOfFault(ref, ref.fault, context.now());
  const input = { bucket, key, versionId, listed: ref };
  const inspection = await inspect(context.store, input, context.capabilities, context.keys.keysFor(key));
  const { before, outcome, notes = [], requestId = null } = await seenOf(ref, inspection, context);
  return {
    kind: "version",
    bucket,
    key,
    before,
    outcome,
    notes: [...notes],
    durationMs: Math.round(performance.now() - startedMs),
    requestIds: [requestIdOf(inspection), requestId].filter((id) => id !== null),
    at: context.now().toISOString(),
  };
}

function recordOfFault(ref: VersionRef, fault: ListingFault, at: Date): VersionRecord {
  const { bucket, key } = ref;
  const before = observeListed(ref);
  return { kind: "version", bucket, key, before, outcome: outcomeOfFault(fault), notes: [], at: at.toISOString() };
}

function requestIdOf(inspection: Inspection): string | null {
  switch (inspection.kind) {
    case "vanished":
      return null;
    case "failed":
      return inspection.error.facts.requestId;
    case "sse-c":
      return inspection.requestId;
    case "found":
      return inspection.facts.requestId;
  }
}

async function seenOf(ref: VersionRef, inspection: Inspection, context: RunContext): Promise<Seen> {
  const before = observeListed(ref);
  switch (inspection.kind) {
    case "vanished":
      return { before, outcome: { kind: "vanished" } };
    case "failed": {
      const { error } = inspection;
      return { before, outcome: { kind: "failed", reason: failReason(error), detail: error.message } };
    }
    case "sse-c":
      return {
        before: { ...before, state: "sse-c", evidence: "head-header" },
        outcome: { kind: "unproven", reason: "sse-c-without-key" },
      };
    case "found":
      return seenOfFacts(ref, inspection.facts, context);
  }
}

async function seenOfFacts(ref: VersionRef, facts: ObjectFacts, context: RunContext): Promise<Seen> {
  // HEAD may return no version ID, but it was requested for this version.
  const before: Observation = { ...observe({ ...facts, kmsKeyId: undefined }), versionId: ref.versionId };
  const { state } = facts.encryption;
  const encrypted = state === "sse-c" ? "customer-key" : encryptedReason(state);
  if (encrypted !== undefined) return { before, outcome: { kind: "encrypted", reason: encrypted } };
  if (state === "unknown") return { before, outcome: { kind: "unproven", reason: "unrecognised-encryption" } };
  const kept = keptBecause(ref, facts, context);
  if (kept === null) return { before, ...(await removeVersion(ref, before, context)) };
  const { reason, lock } = kept;
  return {
    before,
    outcome: { kind: "plaintext", reason, until: lock?.until ?? null },
    ...(lock === null ? {} : { notes: [lock.words] }),
  };
}

/** The known facts about a version that HEAD did not return. */
function observeListed({ etag, sizeBytes, lastModified, storageClass, versionId }: VersionRef): Observation {
  return { state: "unknown", evidence: null, etag, sizeBytes, lastModified, storageClass, versionId };
}

interface KeptVersion {
  readonly reason: VersionLeftReason;
  readonly lock: VersionLock | null;
}

/** Why a plaintext noncurrent version stays; `null` if it is to be removed. Pure. */
function keptBecause(
  { bucket, versionId, isDeleted }: VersionRef,
  facts: Pick<ObjectFacts, "lock">,
  { mode, versions: treatment, settingsOf, now }: RunContext,
): KeptVersion | null {
  const lock = lockOf(facts.lock, now());
  if (lock !== null) return { reason: "locked", lock };
  if (mode === "audit") return { reason: "audit-only", lock };
  if (treatment === "current") return { reason: "versions-kept", lock };
  if (treatment === "replay" && isDeleted) return { reason: "beneath-delete-marker", lock };
  if (treatment === "purge" && versionId === "null" && settingsOf(bucket)?.versioning === "suspended") {
    return { reason: "null-while-suspended", lock };
  }
  if (mode === "dry-run") return { reason: "dry-run", lock };
  return treatment === "purge" ? null : { reason: "history-not-recreated", lock };
}
