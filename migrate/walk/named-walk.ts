import type { Scope } from "../journal/run-record.js";
import { keyBefore } from "../list/key-before.js";
import { compareKeys } from "../list/key-order.js";
import type { ObjectRef } from "../list/object-ref.js";
import type { Named, NamedInBucket } from "../named/open-named.js";
import { type Group, groupSorted } from "../sort/group-sorted.js";
import type { ListedObject } from "../store/answers.js";
import type { ListObjectsInput, ListVersionsInput, ObjectStore, VersionEntry } from "../store/object-store.js";
import { walkedOf } from "../versions/walk-versions.js";
import { type Page, seekNamed } from "./seek-named.js";
import type { Walk } from "./walk.js";

/** Only what a manifest names. Each kind is gone through once, in the order of the scopes. */
export function namedWalk(store: ObjectStore, { objects }: Pick<Named, "objects">): Walk {
  const ofObjects = namedInScopes(groupSorted(objects.read()));
  const ofVersions = namedInScopes(groupSorted(objects.read()));
  return {
    async *objects(scope, startAfter) {
      const expected = new Map<string, boolean>();
      const keys = async function* () {
        for await (const { key, isExpected } of ofObjects(scope, startAfter ?? null)) {
          expected.set(key, isExpected);
          yield key;
        }
      };
      for await (const { key, entries } of seekNamed(keys(), seekObjects(store, scope))) {
        const [listed] = entries;
        if (listed !== undefined) yield { bucket: scope.bucket, ...listed };
        else if (expected.get(key)) yield unlisted(scope.bucket, key);
        expected.delete(key);
      }
    },
    async *versions(scope, afterKey) {
      const keys = async function* () {
        for await (const { key } of ofVersions(scope, afterKey)) yield key;
      };
      const entries = async function* () {
        for await (const found of seekNamed(keys(), seekVersions(store, scope))) yield* found.entries;
      };
      yield* walkedOf(scope.bucket, entries());
    },
  };
}

interface NamedKey {
  readonly key: string;
  /** An inventory may name a key for its older versions alone. */
  readonly isExpected: boolean;
}

/** The keys of one scope after the other; what belongs to scopes that are not asked for is passed over. */
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
        yield { key: first.key, isExpected: ahead.items.some(isCurrentObject) };
      }
      isBegun ||= isOfScope;
      await pull();
    }
  };
}

function isCurrentObject({ row }: NamedInBucket): boolean {
  return row === null || (row.isLatest && !row.isDeleteMarker);
}

function unlisted(bucket: string, key: string): ObjectRef {
  return { bucket, key, sizeBytes: 0, etag: "", lastModified: "", storageClass: "UNKNOWN", isListed: false };
}

function seekObjects(store: ObjectStore, { bucket, prefix }: Scope) {
  const list = async (input: ListObjectsInput): Promise<Page<ListedObject>> => {
    const { objects, nextToken } = await store.listObjects(input);
    const next = () => list({ bucket, prefix: input.prefix, continuationToken: nextToken ?? undefined });
    return { entries: objects, next: nextToken === null ? null : next };
  };
  return {
    entriesOfAKey: "one",
    before: (key: string) => list({ bucket, prefix, startAfter: keyBefore(key) }),
    at: (key: string) => list({ bucket, prefix: key }),
  } as const;
}

function seekVersions(store: ObjectStore, { bucket, prefix }: Scope) {
  const list = async (input: ListVersionsInput): Promise<Page<VersionEntry>> => {
    const { entries, next } = await store.listVersions(input);
    return { entries, next: next && (() => list({ bucket, prefix: input.prefix, ...next })) };
  };
  return {
    entriesOfAKey: "many",
    before: (key: string) => list({ bucket, prefix, keyMarker: keyBefore(key) }),
    at: (key: string) => list({ bucket, prefix: key }),
  } as const;
}
