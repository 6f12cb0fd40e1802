import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { Known, KnownObjects } from "../known/known.js";
import { sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import type { BaselineEntry } from "./baseline-entry.js";
import { currentVersions } from "./current-versions.js";
import type { Baseline } from "./open-baseline.js";
import { recordFromBaseline, versionFromBaseline } from "./record-from-baseline.js";
import { isSameObject, isSameVersion, type ListedFacts } from "./same-object.js";
import { createSampler } from "./sampler.js";

interface Auditing {
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
  /** What was found of a bucket before its first object. */
  readonly bucketOf: (bucket: string) => Pick<BucketFindings, "versioning" | "objectLock"> | undefined;
}

/** What an audit knows of its objects from a baseline: of those alone that are listed as they were then, version and all. */
export function knownByBaseline({ entries, record }: Baseline, auditing: Auditing): KnownObjects {
  const order = scopeOrder(auditing.scopes);
  const isSampled = createSampler({ every: record.oneOf, seed: record.seed });
  // The objects of a scope come before its older versions.
  const ofObjects = sortedCursor(entries.read());
  const ofVersions = sortedCursor(entries.read());
  const current = currentVersions(auditing.store, auditing.scopes, auditing.signal);
  const known = <R extends OutcomeRecord | VersionRecord>(
    entry: BaselineEntry | null,
    toRecord: (entry: BaselineEntry) => R | null,
  ): Known<R> | undefined => {
    const taken = entry && toRecord(entry);
    if (entry === null || taken === null) return undefined;
    return isSampled() ? { kind: "compare", entry } : { kind: "take", record: taken };
  };

  /** Where the bucket has versions, its listing of objects does not tell which one is current. */
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
      return known(entry, (found) => recordFromBaseline(ref, found, auditing.now()));
    },
    async version(ref) {
      const entry = onlyOne(await ofVersions.at(order(ref.bucket, ref.key) ?? ""), ref, ref.versionId);
      const mayLock = auditing.bucketOf(ref.bucket)?.objectLock !== "absent";
      return known(entry, (found) => versionFromBaseline(ref, found, { now: auditing.now(), mayLock }));
    },
    async close() {
      await ofObjects.close();
      await ofVersions.close();
    },
  };
}

/** Two lines of one version tell nothing: which of them holds is not known. */
function onlyOne(
  candidates: readonly BaselineEntry[],
  listed: ListedFacts,
  versionId: string | null,
): BaselineEntry | null {
  const same = candidates.filter(({ seen }) => isSameObject(seen, listed) && isSameVersion(seen.versionId, versionId));
  return same.length === 1 ? (same[0] ?? null) : null;
}
