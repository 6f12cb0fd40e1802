import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import { externalSort, type Sorted } from "../list/external-sort.js";
import { listObjects } from "../list/list-objects.js";
import { objectFilter } from "../list/object-filter.js";
import { joinSorted, sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

interface Keyed {
  readonly bucket: string;
  readonly key: string;
}

interface CountTools {
  readonly filters: Parameters<typeof objectFilter>[0];
  /** Those of the run that can be seen. */
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
}

/** How many objects the run's scopes hold now that its report does not know of; `null` where it was kept to a manifest. One LIST per 1,000 objects. */
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
      // The report holds a key that cannot be decoded by its raw form alone.
      const isCounted = ref.fault?.kind !== "unreadable-key" && !(await isKnown(ref)) && isInScope(ref);
      if (isCounted) yield { bucket: ref.bucket, key: ref.key };
    }
  }
  const orderOf = ({ bucket, key }: Keyed) => order(bucket, key) ?? "";
  try {
    // The cursor passes over keys that the store lists in another order than it has them.
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

/** Ends early, without an error, if it is interrupted. */
async function* objectsOf(
  store: ObjectStore,
  scopes: readonly Scope[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectRef> {
  try {
    for (const scope of scopes) yield* listObjects(store, scope, undefined, { signal });
  } catch (error) {
    if (!(error instanceof StoreError && error.kind === "interrupted")) throw error;
  }
}
