import { entriesOfScope } from "../list/list-objects.js";
import type { SortedCursor } from "../list/sorted.js";
import { sortedCursor } from "../list/sorted.js";
import type { Ordered } from "../list/sorted-runs.js";
import { keyBefore } from "../model/key-order.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import { scopeOrder } from "../model/scope.js";
import type { ObjectStore, VersionEntry } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { isSameSecond } from "./baseline-entry.js";

interface CurrentVersions {
  /**
   * The current version of a listed object; `undefined` if it is unknown. Call it in the order of the run.
   */
  of(ref: ObjectRef): Promise<VersionEntry | undefined>;
}

/** Lists the versions of each scope in step with its objects, one page at a time. */
export function currentVersions(store: ObjectStore, scopes: readonly Scope[], signal?: AbortSignal): CurrentVersions {
  const order = scopeOrder(scopes);
  const cursors = new Map<Scope, SortedCursor<VersionEntry> | null>();
  const cursorOf = (scope: Scope, firstKey: string) => {
    const known = cursors.get(scope);
    if (known !== undefined) return known;
    const made = sortedCursor(latestOf(scope, firstKey));
    cursors.set(scope, made);
    return made;
  };
  async function* latestOf(scope: Scope, firstKey: string): AsyncGenerator<Ordered<VersionEntry>> {
    for await (const entry of entriesOfScope(store, scope, keyBefore(firstKey) ?? null, { signal })) {
      if (entry.isLatest && entry.fault === undefined)
        yield { order: order(scope.bucket, entry.key) ?? "", item: entry };
    }
  }
  return {
    async of(ref) {
      const scope = scopes.find(({ bucket, prefix }) => bucket === ref.bucket && ref.key.startsWith(prefix));
      const cursor = scope && cursorOf(scope, ref.key);
      if (!scope || !cursor) return undefined;
      try {
        const [entry] = await cursor.at(order(ref.bucket, ref.key) ?? "");
        return entry && isListedAs(entry, ref) ? entry : undefined;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // Without its versions, every object of the scope is read.
        cursors.set(scope, null);
        return undefined;
      }
    },
  };
}

function isListedAs({ kind, etag, sizeBytes, lastModified }: VersionEntry, ref: ObjectRef): boolean {
  return (
    kind === "version" &&
    etag === ref.etag &&
    sizeBytes === ref.sizeBytes &&
    isSameSecond(lastModified, ref.lastModified)
  );
}
