import { type ListingTools, nameOfEntry, type Walk, walkedOf, wholeWalk } from "../list/list-objects.js";
import { groupSorted } from "../list/sorted.js";
import { keyBefore } from "../model/key-order.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ListedObject } from "../store/answers.js";
import type {
  ListObjectsInput,
  ListVersionsInput,
  ObjectStore,
  VersionEntry,
  VersionsPage,
} from "../store/object-store.js";
import { createPageGuard } from "../store/page-walk.js";
import type { NamedKeys } from "./key-manifest.js";
import { differenceFromRow, type InventoryRow } from "./named-object.js";
import type { Page } from "./seek-named.js";
import { seekNamed } from "./seek-named.js";

/** Each key may take a page of the listing, and a cut asks the manifest, not the store. */
const CUTTING = { everyMs: 100, worth: 20 };

/** Walks only through the entries that a manifest names. */
function namedWalk(store: ObjectStore, named: NamedKeys, { signal }: ListingTools = {}): Walk {
  const list: Walk["list"] = async ({ startAfter = null, ...scope }) => {
    for await (const { key } of namedAfter(named, scope, startAfter)) {
      return { objects: [unlisted(scope.bucket, key)], keysEncoded: true };
    }
    return { objects: [], keysEncoded: true };
  };
  return {
    async *objects(scope, startAfter) {
      const { keys, taken } = remembered(namedAfter(named, scope, startAfter ?? null));
      for await (const { key, entries } of seekNamed(keys, seekObjects(store, scope), signal)) {
        const ref = refOf({ bucket: scope.bucket, key }, taken(key), entries[0]);
        if (ref !== null) yield [ref];
      }
    },
    async *versions(scope, afterKey, isBeyond = () => false) {
      const { keys, taken } = remembered(namedAfter(named, scope, afterKey, isBeyond));
      const entries = async function* () {
        for await (const found of seekNamed(keys, seekVersions(store, scope), signal)) {
          if (areNamed(taken(found.key), found.entries)) yield* found.entries;
        }
      };
      yield* walkedOf(scope.bucket, entries());
    },
    list,
    listVersions: list,
    cutting: CUTTING,
  };
}

/** Remembers the manifest rows of each key until the key is found. */
function remembered(named: AsyncIterable<NamedKey>) {
  const rows = new Map<string, NamedKey["rows"]>();
  const keys = async function* () {
    for await (const { key, rows: ofKey } of named) {
      rows.set(key, ofKey);
      yield key;
    }
  };
  const taken = (key: string) => {
    const ofKey = rows.get(key) ?? [];
    rows.delete(key);
    return ofKey;
  };
  return { keys: keys(), taken };
}

/**
 * The object that the manifest names; `null` if it names only noncurrent versions of the key and the current
 * object is another one.
 */
function refOf(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  rows: NamedKey["rows"],
  listed: ListedObject | undefined,
): ObjectRef | null {
  const current = rows.filter(isCurrent);
  if (listed === undefined) return current.length > 0 ? unlisted(bucket, key) : null;
  const differences = (current.length > 0 ? current : rows).map((row) => differenceFromRow(row, listed));
  const [first] = differences;
  if (first === undefined || differences.includes(null)) return { bucket, ...listed };
  return current.length > 0 && first !== null ? { ...unlisted(bucket, key), notAsNamed: first } : null;
}

/**
 * Whether one of the rows may describe one of the entries. If none does, the key now belongs to another
 * object than the manifest names.
 */
function areNamed(rows: NamedKey["rows"], entries: readonly VersionEntry[]): boolean {
  return rows.some((row) => entries.some((entry) => differenceFromRow(row, entry) === null));
}

interface NamedKey {
  readonly key: string;
  /** An inventory may name only noncurrent versions of a key. `null` for a manifest of keys. */
  readonly rows: readonly (InventoryRow | null)[];
}

/** The keys of a scope that are named, after this one. */
async function* namedAfter(
  { objects, orderOf }: NamedKeys,
  scope: Scope,
  afterKey: string | null,
  isBeyond = (_key: string) => false,
): AsyncGenerator<NamedKey> {
  const ofScope = orderOf(scope, "");
  const after = afterKey === null ? null : orderOf(scope, afterKey);
  for await (const { order, items } of groupSorted(objects.read(after ?? ofScope))) {
    const [first] = items;
    if (first === undefined || !order.startsWith(ofScope) || isBeyond(first.key)) return;
    if (order !== after) yield { key: first.key, rows: items.map(({ row }) => row) };
  }
}

function isCurrent(row: InventoryRow | null): boolean {
  return row === null || (row.isLatest && !row.isDeleteMarker);
}

function unlisted(bucket: string, key: string): ObjectRef {
  return { bucket, key, sizeBytes: 0, etag: "", lastModified: "", storageClass: "UNKNOWN", isListed: false };
}

function seekObjects(store: ObjectStore, { bucket, prefix }: Scope) {
  const list = async (input: ListObjectsInput): Promise<Page<ListedObject>> => {
    const { objects, nextToken } = await store.listObjects(input);
    const next = () => list({ bucket, prefix: input.prefix, continuationToken: nextToken ?? undefined });
    return { entries: objects.filter(hasKey), next: nextToken === null ? null : next };
  };
  return {
    entriesOfAKey: "one",
    before: (key: string) => list({ bucket, prefix, startAfter: keyBefore(key) }),
    at: (key: string) => list({ bucket, prefix: key }),
  } as const;
}

function seekVersions(store: ObjectStore, { bucket, prefix }: Scope) {
  const begin = (input: ListVersionsInput): Promise<Page<VersionEntry>> => {
    const guard = createPageGuard({ operation: "listVersions", nameOf: nameOfEntry });
    const list = async (after: VersionsPage["next"]): Promise<Page<VersionEntry>> => {
      const page = await store.listVersions({ ...input, ...after });
      const { fresh, stuck } = guard(page);
      const next = () => (stuck === null ? list(page.next) : Promise.reject(stuck));
      return { entries: fresh.filter(hasKey), next: page.next && next };
    };
    return list(null);
  };
  return {
    entriesOfAKey: "many",
    before: (key: string) => begin({ bucket, prefix, keyMarker: keyBefore(key) }),
    at: (key: string) => begin({ bucket, prefix: key }),
  } as const;
}

/** Nothing can name an object with an undecodable key. */
function hasKey({ fault }: ListedObject): boolean {
  return fault?.kind !== "unreadable-key";
}

/** The entries that a run processes: all, or those that a manifest names. */
export function openWalk(store: ObjectStore, named: NamedKeys | null, tools: ListingTools = {}): Walk {
  return named === null ? wholeWalk(store, tools) : namedWalk(store, named, tools);
}
