import type { ReadBecause } from "../journal/input-records.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { VersionRef } from "../list/list-objects.js";
import { sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { orderWithin, type Scope, scopeOrder } from "../model/scope.js";
import { encryptedReason } from "../model/target.js";
import type { KnownFacts, KnownObjects, PriorKnowledge } from "../object/context.js";
import type { ObjectStore } from "../store/object-store.js";
import { type Baseline, createSampler, type NumberedEntry } from "./baseline.js";
import {
  type BaselineEntry,
  isSameObject,
  isSameVersion,
  isUsable,
  type ListedFacts,
  stillDiffers,
  type UnusableEntry,
} from "./baseline-entry.js";
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

/** The lines of a baseline, sorted, and how its sample is drawn. */
export interface BaselineLines {
  readonly entries: Pick<Baseline["entries"], "read">;
  readonly record: Pick<Baseline["record"], "oneOf" | "seed">;
}

/**
 * The prior knowledge of an audit from its baseline, only for objects whose listing entry, including the
 * version, is still the same.
 */
export function knownByBaseline({ entries, record }: BaselineLines, auditing: Auditing): KnownObjects {
  const order = scopeOrder(auditing.scopes);
  const within = orderWithin(auditing.scopes);
  const isDrawn = createSampler(record);
  const isSampled = ({ number }: NumberedEntry) => isDrawn(number);
  return {
    after: (scope, key) => factsOfBaseline(() => entries.read(within(scope, key ?? "")), isSampled, order, auditing),
  };
}

function factsOfBaseline(
  read: BaselineLines["entries"]["read"],
  isSampled: (entry: NumberedEntry) => boolean,
  order: ReturnType<typeof scopeOrder>,
  auditing: Auditing,
): KnownFacts {
  // The objects of a scope come before its noncurrent versions.
  const ofObjects = sortedCursor(read());
  const ofVersions = sortedCursor(read());
  const current = currentVersions(auditing.store, auditing.scopes, auditing.signal);
  return {
    async object(ref) {
      if (ref.notAsNamed !== undefined) return undefined;
      const candidates = await ofObjects.at(order(ref.bucket, ref.key) ?? "");
      const usable = candidates.filter(isUsable);
      if (!usable.some(({ seen }) => isSameObject(seen, ref))) return readBecause(whyNone(candidates, ref));
      const versionId = await versionOf(ref, current, auditing);
      const entry = versionId === undefined ? "version-not-listed" : onlyOne(usable, ref, versionId);
      if (typeof entry === "string") return readBecause(entry);
      const taken = recordFromBaseline(ref, entry, auditing.now());
      return taken === null ? readBecause("plaintext") : knowledgeOf(isSampled, entry, taken);
    },
    async version(ref) {
      const candidates = await ofVersions.at(order(ref.bucket, ref.key) ?? "");
      const entry = onlyOne(candidates.filter(isUsable), ref, ref.versionId);
      if (typeof entry === "string") return undefined;
      const mayLock = auditing.bucketOf(ref.bucket)?.objectLock !== "absent";
      const taken = versionFromBaseline(ref, entry, { now: auditing.now(), mayLock });
      return taken === null ? undefined : knowledgeOf(isSampled, entry, taken);
    },
    async [Symbol.asyncDispose]() {
      await ofObjects.close();
      await ofVersions.close();
    },
  };
}

/** If the bucket is versioned, its listing of objects does not contain the version IDs. */
async function versionOf(
  ref: ObjectRef,
  current: ReturnType<typeof currentVersions>,
  { bucketOf }: Auditing,
): Promise<string | null | undefined> {
  if (bucketOf(ref.bucket)?.versioning === "never") return null;
  const listed = await current.of(ref);
  return listed?.versionId;
}

/** A sampled object is compared with what the store answers, any other is taken. */
function knowledgeOf<R extends OutcomeRecord | VersionRecord>(
  isSampled: (entry: NumberedEntry) => boolean,
  entry: NumberedEntry,
  record: R,
): PriorKnowledge<R> {
  return isSampled(entry)
    ? { kind: "compare", settle: (read: R) => settleSample(entry, read) }
    : { kind: "take", record };
}

/** The object is read, and its record says why. */
function readBecause(reason: ReadBecause): PriorKnowledge<OutcomeRecord> {
  return { kind: "compare", settle: (record) => ({ ...record, readBecause: reason }) };
}

/** Why none of the lines about a key can be used for the listed object. Pure. */
function whyNone(candidates: readonly (BaselineEntry | UnusableEntry)[], listed: ListedFacts): ReadBecause {
  const unusable = candidates.flatMap((entry) => (isUsable(entry) ? [] : [entry]));
  const [found] = unusable.filter(({ seen }) => seen.etag === null || isSameObject(seen, listed));
  return found?.unusable ?? (candidates.length === 0 ? "not-in-baseline" : "changed");
}

/** Two lines about one version are not usable: it is unknown which of them is right. */
function onlyOne(
  usable: readonly NumberedEntry[],
  listed: ListedFacts,
  versionId: string | null,
): NumberedEntry | ReadBecause {
  const same = usable.filter(({ seen }) => isSameObject(seen, listed) && isSameVersion(seen.versionId, versionId));
  return same.length > 1 ? "two-lines" : (same[0] ?? "changed");
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
