import type { ListingTools } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ObjectStore, VersionEntry, VersionsPage } from "../store/object-store.js";
import { walkPages } from "../store/page-walk.js";

export interface VersionRef extends ObjectRef {
  readonly versionId: string;
  /** The newest entry of its key is a delete marker. */
  readonly isDeleted: boolean;
}

export type Walked =
  | { readonly kind: "noncurrent"; readonly ref: VersionRef }
  | { readonly kind: "delete-marker"; readonly key: string };

/** Every noncurrent version and every delete marker of a scope. One page is fetched ahead of the one being handed out. */
export function walkVersions(
  store: ObjectStore,
  scope: Scope,
  afterKey: string | null,
  tools: ListingTools = {},
): AsyncGenerator<Walked> {
  return walkedOf(scope.bucket, entriesOfScope(store, scope, afterKey, tools));
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
  { signal, onRepeated }: ListingTools = {},
): AsyncGenerator<VersionEntry> {
  const first = afterKey === null ? null : { keyMarker: afterKey, versionIdMarker: undefined };
  const pages = walkPages<VersionEntry, NonNullable<VersionsPage["next"]>>({
    operation: "listVersions",
    nameOf: nameOfEntry,
    signal,
    onRepeated: ({ key }) => onRepeated?.({ bucket: scope.bucket, key }),
    fetch: (next) => store.listVersions({ ...scope, ...(next ?? first) }),
  });
  for await (const page of pages) yield* page;
}

/** A key that cannot be decoded may read like another one that can. */
export function nameOfEntry({ kind, key, versionId, fault }: VersionEntry): string {
  return JSON.stringify([kind, fault?.kind === "unreadable-key" ? [fault.raw] : key, versionId]);
}

function toRef(bucket: string, entry: VersionEntry, isDeleted: boolean): VersionRef {
  const { kind: _kind, isLatest: _isLatest, ...listed } = entry;
  return { bucket, ...listed, isDeleted };
}
