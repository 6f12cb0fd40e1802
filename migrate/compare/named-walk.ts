import { type ListingTools, nameOfEntry, type Walk, walkedOf, wholeWalk } from "../list/list-objects.js";
import { type Group, groupSorted } from "../list/sorted.js";
import { compareKeys, dependsOnOrder, keyBefore } from "../model/key-order.js";
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
 * The object that the manifest names; `null` if it names only older versions of the key and the current
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
  /** An inventory may name only older versions of a key. `null` for a manifest of keys. */
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

interface Keyed {
  readonly key: string;
}

export interface Page<E extends Keyed> {
  readonly entries: readonly E[];
  /** Fetches the next page of the listing; `null` at its end. */
  readonly next: (() => Promise<Page<E>>) | null;
}

/** Starts a listing at a given key. */
export interface Seek<E extends Keyed> {
  /** Starts at a key shortly before this one. */
  before(key: string): Promise<Page<E>>;
  /** Starts at exactly this key, and ends after the last key with this prefix. */
  at(key: string): Promise<Page<E>>;
  readonly entriesOfAKey: "one" | "many";
}

interface Place<E extends Keyed> {
  readonly page: Page<E>;
  readonly index: number;
  /** Its page reveals nothing about the following keys. */
  readonly isOfKeyAlone: boolean;
}

/**
 * Finds the entries of each key of a sorted sequence. A key that is not listed has no entries.
 *
 * It makes at most as many calls as the listing has pages, and at most two per key: if the next key is not on
 * the current page, the listing restarts right before it. The position of a key with characters that stores
 * order in two ways is only certain in a listing of that key itself.
 */
export async function* seekNamed<E extends Keyed>(
  keys: AsyncIterable<string>,
  seek: Seek<E>,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly key: string; readonly entries: readonly E[] }> {
  let place: Place<E> | null = null;
  for await (const key of keys) {
    if (signal?.aborted) return;
    const found: Place<E> = await placeOf(key, place, seek);
    const { entries, after } = await take(key, found, seek);
    yield { key, entries };
    place = after.isOfKeyAlone ? null : after;
  }
}

async function placeOf<E extends Keyed>(key: string, place: Place<E> | null, seek: Seek<E>): Promise<Place<E>> {
  const here = place && forward(key, place);
  if (here !== null && isReached(here, key)) return here;
  const before = forward(key, { page: await seek.before(key), index: 0, isOfKeyAlone: false });
  return isReached(before, key) ? before : { page: await seek.at(key), index: 0, isOfKeyAlone: true };
}

/** Moves to the first entry that is not before the key. */
function forward<E extends Keyed>(key: string, { page, index, ...place }: Place<E>): Place<E> {
  const later = page.entries.slice(index).findIndex((entry) => compareKeys(entry.key, key) >= 0);
  return { ...place, page, index: later === -1 ? page.entries.length : index + later };
}

/** Whether the page contains the key, or proves that it does not exist. */
function isReached<E extends Keyed>({ page, index }: Place<E>, key: string): boolean {
  if (dependsOnOrder(key)) return page.entries[index]?.key === key;
  return index < page.entries.length || page.next === null;
}

async function take<E extends Keyed>(
  key: string,
  found: Place<E>,
  { entriesOfAKey }: Seek<E>,
): Promise<{ readonly entries: readonly E[]; readonly after: Place<E> }> {
  const entries: E[] = [];
  let { page, index } = found;
  for (;;) {
    for (let entry = page.entries[index]; entry?.key === key; entry = page.entries[index]) {
      entries.push(entry);
      index += 1;
    }
    const mayGoOn = entriesOfAKey === "many" && index === page.entries.length && entries.length > 0;
    if (!mayGoOn || page.next === null) return { entries, after: { ...found, page, index } };
    page = await page.next();
    index = 0;
  }
}

/**
 * The entries that a run processes. If the run is restricted to a manifest, each kind can be read only once.
 */
export function openWalk(store: ObjectStore, named: Named | null, tools: ListingTools = {}): Walk {
  return named === null ? wholeWalk(store, tools) : namedWalk(store, named, tools);
}
