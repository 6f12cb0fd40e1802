import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { VersionRef } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";
import { encryptedReason } from "../model/target.js";
import type { BaselineEntry } from "./baseline-entry.js";

/** What an audit writes down of an object that it takes as a baseline has it; `null` where it must read it. Pure. */
export function recordFromBaseline(ref: ObjectRef, entry: BaselineEntry, now: Date): OutcomeRecord | null {
  const { seen, unencrypted } = entry;
  const said = stillDiffers(entry) ?? saidOf(ref, entry);
  if (said === null) return null;
  return {
    kind: "outcome",
    bucket: ref.bucket,
    key: ref.key,
    before: observationNow(ref, entry),
    after: null,
    decision: said.decision,
    outcome: said.outcome,
    notes: seen.state === "none" ? [...(unencrypted?.notes ?? [])] : [],
    attempts: 0,
    durationMs: 0,
    requestIds: [],
    baseline: { ...entry.line, use: "taken" },
    at: now.toISOString(),
  };
}

const NOT_WRITTEN_SINCE = "; an earlier run copied it, and nobody wrote to it since";

/** What an earlier run's copy changed stays told for as long as that copy is there. Pure. */
export function stillDiffers({
  differs,
}: Pick<BaselineEntry, "differs">): Pick<OutcomeRecord, "decision" | "outcome"> | null {
  if (differs === null) return null;
  const reason = "differs-after-copy";
  const detail = differs.endsWith(NOT_WRITTEN_SINCE) ? differs : `${differs}${NOT_WRITTEN_SINCE}`;
  return { decision: { kind: "none", reason }, outcome: { kind: "failed", reason, detail } };
}

function saidOf(
  ref: ObjectRef,
  { seen, unencrypted }: BaselineEntry,
): Pick<OutcomeRecord, "decision" | "outcome"> | null {
  const reason = encryptedReason(seen.state);
  if (reason !== undefined) {
    return { decision: { kind: "skip", reason }, outcome: { kind: "already-encrypted", reason } };
  }
  // What a migration would do with it depends on its class.
  return seen.storageClass === ref.storageClass ? unencrypted : null;
}

/** The same of a noncurrent version. Where the bucket may lock versions, one in plaintext has a date to tell that may have changed. */
export function versionFromBaseline(
  ref: VersionRef,
  entry: BaselineEntry,
  { now, mayLock }: { readonly now: Date; readonly mayLock: boolean },
): VersionRecord | null {
  const reason = encryptedReason(entry.seen.state);
  if (reason === undefined && mayLock) return null;
  return {
    kind: "version",
    bucket: ref.bucket,
    key: ref.key,
    before: { ...observationNow(ref, entry), versionId: ref.versionId },
    outcome: reason === undefined ? PLAINTEXT : { kind: "encrypted", reason },
    notes: [],
    baseline: { ...entry.line, use: "taken" },
    at: now.toISOString(),
  };
}

const PLAINTEXT: VersionRecord["outcome"] = { kind: "plaintext", reason: "audit-only", until: null };

/** A lifecycle rule may have moved it to another class, which changes neither its date nor its encryption. */
function observationNow({ storageClass }: ObjectRef, { seen }: BaselineEntry): OutcomeRecord["before"] {
  return { ...seen, storageClass, evidence: "baseline" };
}
