import { type ListingTools, nameOfEntry, type Walk, walkedOf, wholeWalk } from "../list/list-objects.js";
import { type Group, groupSorted } from "../list/sorted.js";
import { compareKeys, keyBefore } from "../model/key-order.js";
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
import type { Named, NamedInBucket } from "./key-manifest.js";
import { differenceFromRow, type InventoryRow } from "./named-object.js";
import type { Page } from "./seek-named.js";
import { seekNamed } from "./seek-named.js";

/**
 * Walks only through the entries that a manifest names. Objects and versions can each be read once, in scope
 * order.
 */
function namedWalk(store: ObjectStore, { objects }: Pick<Named, "objects">, { signal }: ListingTools = {}): Walk {
  const ofObjects = namedInScopes(groupSorted(objects.read()));
  const ofVersions = namedInScopes(groupSorted(objects.read()));
  return {
    async *objects(scope, startAfter) {
      const { keys, taken } = remembered(ofObjects(scope, startAfter ?? null));
      for await (const { key, entries } of seekNamed(keys, seekObjects(store, scope), signal)) {
        const ref = refOf({ bucket: scope.bucket, key }, taken(key), entries[0]);
        if (ref !== null) yield ref;
      }
    },
    async *versions(scope, afterKey) {
      const { keys, taken } = remembered(ofVersions(scope, afterKey));
      const entries = async function* () {
        for await (const found of seekNamed(keys, seekVersions(store, scope), signal)) {
          if (areNamed(taken(found.key), found.entries)) yield* found.entries;
        }
      };
      yield* walkedOf(scope.bucket, entries());
    },
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

/** Yields the keys of one scope after the other, skipping scopes that are not requested. */
function namedInScopes(groups: AsyncGenerator<Group<NamedInBucket>>) {
  let ahead: Group<NamedInBucket> | null | undefined;
  const pull = async () => {
    const pulled = await groups.next();
    ahead = pulled.done ? null : pulled.value;
  };
  return async function* (scope: Scope, afterKey: string | null): AsyncGenerator<NamedKey> {
    if (ahead === undefined) await pull();
    let isBegun = false;
    while (ahead) {
      const [first] = ahead.items;
      const isOfScope = first !== undefined && first.bucket === scope.bucket && first.key.startsWith(scope.prefix);
      if (isBegun && !isOfScope) return;
      if (isOfScope && (afterKey === null || compareKeys(first.key, afterKey) > 0)) {
        yield { key: first.key, rows: ahead.items.map(({ row }) => row) };
      }
      isBegun ||= isOfScope;
      await pull();
    }
  };
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

/**
 * The entries that a run processes. If the run is restricted to a manifest, each kind can be read only once.
 */
export function openWalk(store: ObjectStore, named: Named | null, tools: ListingTools = {}): Walk {
  return named === null ? wholeWalk(store, tools) : namedWalk(store, named, tools);
}
