import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import { isDecoded, type ListingFault } from "../store/answers.js";
import type { ObjectStore, VersionEntry, VersionsPage } from "../store/object-store.js";
import { walkPages } from "../store/page-walk.js";
import type { ListObjects } from "./cut-range.js";
import type { Cutting } from "./side-by-side.js";

type IsBeyond = (key: string) => boolean;

export interface ListingTools {
  /** Aborts the listing, which then rejects with an `interrupted` error. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each entry that is listed again. Such an entry is not yielded again. */
  readonly onRepeated?: ((at: { readonly bucket: string; readonly key: string }) => void) | undefined;
}

/**
 * Yields every object of a scope by page, in the store's order, and prefetches one page. A page is the reader's own. It may
 * take the objects out: what waited for the page keeps it in memory.
 */
export async function* listObjects(
  store: ObjectStore,
  scope: Scope,
  startAfter?: string,
  { signal, onRepeated }: ListingTools = {},
): AsyncGenerator<ObjectRef[]> {
  const { bucket } = scope;
  yield* walkPages<ObjectRef, string>({
    operation: "listObjects",
    // An undecodable key may look the same as a decodable one.
    nameOf: ({ key, fault }) => (isDecoded(fault) ? key : JSON.stringify([fault?.raw])),
    signal,
    onRepeated: ({ key }) => onRepeated?.({ bucket, key }),
    fetch: async (token) => {
      // A continuation token includes the start position. Some stores mishandle the two together.
      const from = token === null ? { startAfter } : { continuationToken: token };
      const { objects, nextToken } = await store.listObjects({ ...scope, ...from });
      return { entries: objects.splice(0).map((listed) => ({ bucket, ...listed })), next: nextToken };
    },
  });
}

/** Walks through everything that the store lists. */
export function wholeWalk(store: ObjectStore, tools: ListingTools = {}): Walk {
  return {
    objects: (scope, startAfter) => listObjects(store, scope, startAfter, tools),
    versions: (scope, afterKey, isBeyond) =>
      walkedOf(scope.bucket, entriesOfScope(store, scope, afterKey, { ...tools, isBeyond })),
    list: store.listObjects,
    listVersions: async ({ startAfter, ...input }) => {
      const { entries, keysEncoded } = await store.listVersions({ ...input, keyMarker: startAfter });
      return { objects: entries, ...(keysEncoded !== undefined && { keysEncoded }) };
    },
  };
}

/** The entries that a run processes, in key order. */
export interface Walk {
  /** The objects of a scope after this key, by page. */
  objects(scope: Scope, startAfter: string | undefined): AsyncIterable<ObjectRef[]>;
  /** All versions after this key. No further page is read after one with a key for which `isBeyond` holds. */
  versions(scope: Scope, afterKey: string | null, isBeyond?: IsBeyond): AsyncIterable<Walked>;
  /** Lists some of the keys of these objects, to find where a range of them can be cut. */
  readonly list: ListObjects;
  /** As `list`, of all versions: the keys of some may have been deleted. */
  readonly listVersions: ListObjects;
  /** When a range of them is worth a cut. @default the same as for all objects of a scope */
  readonly cutting?: Cutting;
}

export interface VersionRef extends ObjectRef {
  readonly versionId: string;
  /** The newest entry of its key is a delete marker. */
  readonly isDeleted: boolean;
}

export type Walked =
  | { readonly kind: "noncurrent"; readonly ref: VersionRef }
  | { readonly kind: "current" | "delete-marker"; readonly key: string; readonly fault: ListingFault | undefined };

/** What each of the listed entries is. The input contains all entries of each key, in the store's order. */
export async function* walkedOf(bucket: string, entries: AsyncIterable<VersionEntry>): AsyncGenerator<Walked> {
  let key: string | null = null;
  let isDeleted = false;
  for await (const entry of entries) {
    if (entry.key !== key) {
      key = entry.key;
      // If a key is not deleted, its current version is listed first.
      isDeleted = entry.kind === "delete-marker" || !entry.isLatest;
    }
    const { kind, isLatest, fault } = entry;
    if (kind === "delete-marker") yield { kind, key, fault };
    else if (isLatest) yield { kind: "current", key, fault };
    else yield { kind: "noncurrent", ref: toRef(bucket, entry, isDeleted) };
  }
}

/** Yields every version and delete marker of a scope, and prefetches one page. */
export async function* entriesOfScope(
  store: ObjectStore,
  scope: Scope,
  afterKey: string | null,
  { signal, onRepeated, isBeyond }: ListingTools & { readonly isBeyond?: IsBeyond | undefined } = {},
): AsyncGenerator<VersionEntry> {
  const first = afterKey === null ? null : { keyMarker: afterKey, versionIdMarker: undefined };
  const pages = walkPages<VersionEntry, NonNullable<VersionsPage["next"]>>({
    operation: "listVersions",
    nameOf: nameOfEntry,
    signal,
    onRepeated: ({ key }) => onRepeated?.({ bucket: scope.bucket, key }),
    fetch: (next) => store.listVersions({ ...scope, ...(next ?? first) }),
  });
  for await (const page of pages) {
    yield* page;
    // Some stores list the delete markers of a page after its versions, so all of the page is read.
    if (isBeyond !== undefined && page.some(({ key, fault }) => isDecoded(fault) && isBeyond(key))) return;
    page.length = 0;
  }
}

export function nameOfEntry({ kind, key, versionId, fault }: VersionEntry): string {
  return JSON.stringify([kind, fault?.kind === "unreadable-key" ? [fault.raw] : key, versionId]);
}

function toRef(bucket: string, entry: VersionEntry, isDeleted: boolean): VersionRef {
  const { kind: _kind, isLatest: _isLatest, ...listed } = entry;
  return { bucket, ...listed, isDeleted };
}
