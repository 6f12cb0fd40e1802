import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import type { KeyRing } from "../keys/customer-key.js";
import { externalSort, type Sorted } from "../list/external-sort.js";
import { listObjects } from "../list/list-objects.js";
import { objectFilter } from "../list/object-filter.js";
import { joinSorted, sortedCursor } from "../list/sorted.js";
import type { Capabilities } from "../model/capabilities.js";
import type { ObjectRef } from "../model/object.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import { inspect } from "../object/inspect.js";
import { observe } from "../object/object-result.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { seededFraction } from "./baseline.js";
import {
  type ComparedLine,
  compareLive,
  isUnencrypted,
  LIVE_KINDS,
  type LiveKind,
  type LiveLook,
} from "./compare-live.js";
import type { ExpectedLine, ExpectedObject } from "./expected-objects.js";

interface Keyed {
  readonly bucket: string;
  readonly key: string;
}

interface CountTools {
  readonly filters: Parameters<typeof objectFilter>[0];
  /** The visible scopes of the run. */
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
}

/**
 * Number of objects in the run's scopes that are not in its report; `null` if the run was restricted to a
 * manifest. Costs one LIST per 1,000 objects.
 */
export async function countNew(
  runDir: string,
  run: RunRecord,
  { filters, scopes, store, signal }: CountTools,
): Promise<number | null> {
  if (run.keyManifest !== undefined) return null;
  const order = scopeOrder(run.scopes);
  async function* keysOfReport(): AsyncGenerator<Keyed> {
    for await (const record of readJournal(runDir)) {
      if (record.kind === "outcome") yield { bucket: record.bucket, key: record.key };
    }
  }
  const known = await externalSort(keysOfReport(), { orderOf: ({ bucket, key }) => order(bucket, key) ?? "" });
  const cursor = sortedCursor(known.read());
  const isKnown = async ({ bucket, key }: Keyed) => (await cursor.at(order(bucket, key) ?? "")).length > 0;
  const isInScope = objectFilter(filters);
  async function* notMet(): AsyncGenerator<Keyed> {
    for await (const ref of objectsOf(store, scopes, signal)) {
      // The report contains only the raw form of an undecodable key.
      const isCounted = ref.fault?.kind !== "unreadable-key" && !(await isKnown(ref)) && isInScope(ref);
      if (isCounted) yield { bucket: ref.bucket, key: ref.key };
    }
  }
  const orderOf = ({ bucket, key }: Keyed) => order(bucket, key) ?? "";
  try {
    // The cursor misses keys that the store lists in another order.
    return await countUnknown(await externalSort(notMet(), { orderOf }), known);
  } finally {
    await cursor.close();
    await known.close();
  }
}

async function countUnknown(notMet: Sorted<Keyed>, known: Sorted<Keyed>): Promise<number> {
  let count = 0;
  try {
    if (notMet.count === 0) return 0;
    for await (const { left, right } of joinSorted(notMet.read(), known.read())) {
      if (left.length > 0 && right.length === 0) count += 1;
    }
    return count;
  } finally {
    await notMet.close();
  }
}

/** If interrupted, ends early without an error. */
async function* objectsOf(
  store: ObjectStore,
  scopes: readonly Scope[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectRef> {
  try {
    for (const scope of scopes) {
      for await (const page of listObjects(store, scope, undefined, { signal })) yield* page;
    }
  } catch (error) {
    if (!(error instanceof StoreError && error.kind === "interrupted")) throw error;
  }
}

interface Reading {
  readonly store: ObjectStore;
  readonly capabilities: Capabilities;
  readonly keys: KeyRing;
}

/** One HEAD for the object of a line. If it is rejected without its customer key, its listing entry too. */
async function lookAgain(expected: ExpectedObject, { store, capabilities, keys }: Reading): Promise<LiveLook> {
  const { bucket, key, versionId } = expected;
  const input = { bucket, key, ...(versionId === null ? {} : { versionId }) };
  const inspection = await inspect(store, input, capabilities, keys.keysFor(key));
  switch (inspection.kind) {
    case "vanished":
      return { kind: "absent" };
    case "failed":
      return { kind: "unread", detail: inspection.error.message };
    case "sse-c":
      return versionId === null ? lookAtListing(expected, store) : { kind: "wants-key", listed: null };
    case "found": {
      const now = observe(inspection.facts);
      // HEAD may return no version ID, but it was requested for this version.
      return { kind: "found", now: versionId === null ? now : { ...now, versionId } };
    }
  }
}

async function lookAtListing({ bucket, key }: ExpectedObject, store: ObjectStore): Promise<LiveLook> {
  try {
    const { objects } = await store.listObjects({ bucket, prefix: key });
    const listed = objects.find((object) => object.key === key) ?? null;
    return { kind: "wants-key", listed };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: "wants-key", listed: null };
  }
}

interface Comparing {
  readonly reading: Reading;
  readonly isVersioned: (bucket: string) => boolean;
  readonly isSeen: (line: ExpectedLine) => boolean;
  readonly isStopped: () => boolean;
  readonly onDifference: ((line: ComparedLine) => void | Promise<void>) | undefined;
}

/** Compares lines of a report with the bucket, one at a time, and counts the results. */
export function createComparison({ reading, isVersioned, isSeen, isStopped, onDifference }: Comparing) {
  const results = Object.fromEntries(LIVE_KINDS.map((kind) => [kind, 0])) as Record<LiveKind, number>;
  let unencrypted = 0;
  const compare = async (one: ExpectedLine) => {
    const { expected, segment, line } = one;
    if (!isSeen(one)) {
      // Its location is reported once.
      results.unread += 1;
      return;
    }
    const look = await lookAgain(expected, reading);
    // The interruption itself may have caused the failure.
    if (look.kind === "unread" && isStopped()) return;
    const { kind, detail, now } = compareLive(expected, look, isVersioned(expected.bucket));
    results[kind] += 1;
    const isPlain = isUnencrypted(expected, now);
    if (isPlain) unencrypted += 1;
    if (kind === "same" && !isPlain) return;
    const { bucket, key, versionId, seen: said } = expected;
    const place = { bucket, key, versionId, segment, line };
    await onDifference?.({ kind, ...place, detail, unencrypted: isPlain, said, found: now });
  };
  return { compare, results, unencrypted: () => unencrypted };
}

/**
 * Decides for each of `total` consecutive items whether it is drawn. Exactly `count` are, every set of them
 * is equally likely, and the seed alone determines the result. Keeps no items in memory (Knuth, The Art of
 * Computer Programming, 3.4.2, algorithm S).
 */
export function createDraw({
  total,
  count,
  seed,
}: {
  readonly total: number;
  readonly count: number;
  readonly seed: number;
}) {
  let seen = 0;
  let drawn = 0;
  return (): boolean => {
    const isDrawn = (total - seen) * seededFraction(`${seed}:${seen}`) < count - drawn;
    seen += 1;
    if (isDrawn) drawn += 1;
    return isDrawn;
  };
}
