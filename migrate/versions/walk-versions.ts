import type { Scope } from "../journal/run-record.js";
import type { ObjectRef } from "../list/object-ref.js";
import type { ObjectStore, VersionEntry, VersionsPage } from "../store/object-store.js";

export interface VersionRef extends ObjectRef {
  readonly versionId: string;
  /** The newest entry of its key is a delete marker. */
  readonly isDeleted: boolean;
}

export type Walked =
  | { readonly kind: "noncurrent"; readonly ref: VersionRef }
  | { readonly kind: "delete-marker"; readonly key: string };

/** Every noncurrent version and every delete marker of a scope. One page is fetched ahead of the one being handed out. */
export function walkVersions(store: ObjectStore, scope: Scope, afterKey: string | null): AsyncGenerator<Walked> {
  return walkedOf(scope.bucket, entriesOfScope(store, scope, afterKey));
}

/** What of listed entries is not current. All of a key come, in the order of the store. */
export async function* walkedOf(bucket: string, entries: AsyncIterable<VersionEntry>): AsyncGenerator<Walked> {
  let key: string | null = null;
  let isDeleted = false;
  for await (const entry of entries) {
    if (entry.key !== key) {
      key = entry.key;
      // Of a key that is not deleted the current version is listed first.
      isDeleted = entry.kind === "delete-marker" || !entry.isLatest;
    }
    if (entry.kind === "delete-marker") yield { kind: "delete-marker", key: entry.key };
    else if (!entry.isLatest) yield { kind: "noncurrent", ref: toRef(bucket, entry, isDeleted) };
  }
}

export async function* entriesOfScope(
  store: ObjectStore,
  scope: Scope,
  afterKey: string | null,
): AsyncGenerator<VersionEntry> {
  const fetchPage = (after: VersionsPage["next"]) => store.listVersions({ ...scope, ...after });
  let page = await fetchPage(afterKey === null ? null : { keyMarker: afterKey, versionIdMarker: undefined });
  for (;;) {
    const ahead = page.next === null ? null : fetchPage(page.next);
    // Its failure is told when its turn comes.
    ahead?.catch(() => undefined);
    yield* page.entries;
    if (ahead === null) return;
    page = await ahead;
  }
}

function toRef(bucket: string, entry: VersionEntry, isDeleted: boolean): VersionRef {
  const { key, versionId, sizeBytes, etag, lastModified, storageClass } = entry;
  return { bucket, key, versionId, sizeBytes, etag, lastModified, storageClass, isDeleted };
}
