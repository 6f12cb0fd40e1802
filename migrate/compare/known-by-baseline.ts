import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { VersionRef } from "../list/list-objects.js";
import { sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import { encryptedReason } from "../model/target.js";
import type { KnownObjects, PriorKnowledge } from "../object/context.js";
import type { ObjectStore } from "../store/object-store.js";
import { type Baseline, createSampler } from "./baseline.js";
import { type BaselineEntry, isSameObject, isSameVersion, type ListedFacts, stillDiffers } from "./baseline-entry.js";
import { currentVersions } from "./current-versions.js";
import { settleSample } from "./sample.js";

interface Auditing {
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
  /** The findings about a bucket, made before its first object. */
  readonly bucketOf: (bucket: string) => Pick<BucketFindings, "versioning" | "objectLock"> | undefined;
}

/**
 * The prior knowledge of an audit from its baseline, only for objects whose listing entry, including the
 * version, is still the same.
 */
export function knownByBaseline({ entries, record }: Baseline, auditing: Auditing): KnownObjects {
  const order = scopeOrder(auditing.scopes);
  const isSampled = createSampler({ every: record.oneOf, seed: record.seed });
  // The objects of a scope come before its noncurrent versions.
  const ofObjects = sortedCursor(entries.read());
  const ofVersions = sortedCursor(entries.read());
  const current = currentVersions(auditing.store, auditing.scopes, auditing.signal);
  /** If the bucket is versioned, its listing of objects does not contain the version IDs. */
  const versionOf = async (ref: ObjectRef): Promise<string | null | undefined> => {
    if (auditing.bucketOf(ref.bucket)?.versioning === "never") return null;
    const listed = await current.of(ref);
    return listed?.versionId;
  };

  return {
    async object(ref) {
      const candidates = await ofObjects.at(order(ref.bucket, ref.key) ?? "");
      if (!candidates.some(({ seen }) => isSameObject(seen, ref))) return undefined;
      const versionId = await versionOf(ref);
      if (versionId === undefined) return undefined;
      const entry = onlyOne(candidates, ref, versionId);
      return knowledgeOf(isSampled, entry, (found) => recordFromBaseline(ref, found, auditing.now()));
    },
    async version(ref) {
      const entry = onlyOne(await ofVersions.at(order(ref.bucket, ref.key) ?? ""), ref, ref.versionId);
      const mayLock = auditing.bucketOf(ref.bucket)?.objectLock !== "absent";
      return knowledgeOf(isSampled, entry, (found) =>
        versionFromBaseline(ref, found, { now: auditing.now(), mayLock }),
      );
    },
    async close() {
      await ofObjects.close();
      await ofVersions.close();
    },
  };
}

/**
 * `undefined` if the baseline has no usable entry. A sampled one is compared with what the store answers, any
 * other is taken.
 */
function knowledgeOf<R extends OutcomeRecord | VersionRecord>(
  isSampled: () => boolean,
  entry: BaselineEntry | null,
  toRecord: (entry: BaselineEntry) => R | null,
): PriorKnowledge<R> | undefined {
  const taken = entry && toRecord(entry);
  if (entry === null || taken === null) return undefined;
  return isSampled()
    ? { kind: "compare", settle: (record: R) => settleSample(entry, record) }
    : { kind: "take", record: taken };
}

/** Two lines about one version are not usable: it is unknown which of them is right. */
function onlyOne(
  candidates: readonly BaselineEntry[],
  listed: ListedFacts,
  versionId: string | null,
): BaselineEntry | null {
  const same = candidates.filter(({ seen }) => isSameObject(seen, listed) && isSameVersion(seen.versionId, versionId));
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** The record of an object that the baseline knows; `null` if it must be read. Pure. */
function recordFromBaseline(ref: ObjectRef, entry: BaselineEntry, now: Date): OutcomeRecord | null {
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

function saidOf(
  ref: ObjectRef,
  { seen, unencrypted }: BaselineEntry,
): Pick<OutcomeRecord, "decision" | "outcome"> | null {
  const reason = encryptedReason(seen.state);
  if (reason !== undefined) {
    return { decision: { kind: "skip", reason }, outcome: { kind: "already-encrypted", reason } };
  }
  // The decision of a migration depends on its storage class.
  return seen.storageClass === ref.storageClass ? unencrypted : null;
}

/**
 * The same for a noncurrent version. If the bucket may lock versions, a plaintext one has a lock date, which
 * may have changed.
 */
function versionFromBaseline(
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
