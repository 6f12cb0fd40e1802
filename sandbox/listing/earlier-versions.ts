import type { Behaviour } from "../behaviour.js";
import type { Bucket, Change } from "../storage/bucket.js";
import { compareKeys } from "../storage/key-index.js";
import type { ObjectVersion } from "../storage/object-version.js";

interface Earlier {
  readonly key: string;
  /** The versions of the key, newest first; empty if it had none. */
  readonly versions: readonly ObjectVersion[];
  /** The time of the change that replaced them. */
  readonly until: number;
}

type Switches = Pick<Behaviour, "listingLagMs" | "listingOrder">;

/** The listed contents of a bucket: its keys in the store's order, and the versions of each. */
export interface Listing {
  readonly keys: Pick<Bucket["keys"], "from">;
  versionsOf(key: string): readonly ObjectVersion[];
  compare(left: string, right: string): number;
}

/** Remembers the versions of keys before their latest changes, for listings that lag. */
export class EarlierVersions {
  readonly #now: () => number;
  readonly #earlier = new WeakMap<Bucket, Earlier[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Call it before each change is applied while listings lag. */
  note(bucket: Bucket, change: Change, lagMs: number): void {
    const key = keyOf(change);
    if (key === undefined) {
      return;
    }
    const until = this.#now();
    const recent = (this.#earlier.get(bucket) ?? []).filter((earlier) => earlier.until > until - lagMs);
    this.#earlier.set(bucket, [...recent, { key, versions: bucket.versions.get(key) ?? [], until }]);
  }

  /** The bucket as it was this many milliseconds ago. */
  listing(bucket: Bucket, { listingLagMs: lagMs, listingOrder }: Switches): Listing {
    const then = this.#now() - lagMs;
    const changed = new Map<string, readonly ObjectVersion[]>();
    for (const { key, versions, until } of this.#earlier.get(bucket) ?? []) {
      if (until > then && !changed.has(key)) {
        changed.set(key, versions);
      }
    }
    const listing: Listing = {
      keys: { from: (start) => withGoneKeys(bucket, changed, start) },
      versionsOf: (key) => changed.get(key) ?? bucket.versions.get(key) ?? [],
      compare: compareKeys,
    };
    return listingOrder === "utf-16" ? inUtf16Order(listing) : listing;
  }
}

function inUtf16Order(listing: Listing): Listing {
  const from: Listing["keys"]["from"] = (start) => {
    const keys = listing.keys.from("").keys.toSorted();
    const at = keys.findIndex((key) => key >= start);
    return { keys, at: at < 0 ? keys.length : at };
  };
  return { ...listing, keys: { from }, compare: (left, right) => (left < right ? -1 : left > right ? 1 : 0) };
}

function keyOf(change: Change): string | undefined {
  if (change.kind === "put" || change.kind === "update") {
    return change.version.key;
  }
  return change.kind === "remove" ? change.key : undefined;
}

function withGoneKeys(
  bucket: Bucket,
  changed: ReadonlyMap<string, unknown>,
  start: string,
): ReturnType<Listing["keys"]["from"]> {
  const gone = [...changed.keys()].filter((key) => !bucket.versions.has(key) && compareKeys(key, start) >= 0);
  const { keys, at } = bucket.keys.from(start);
  return gone.length === 0 ? { keys, at } : { keys: [...keys.slice(at), ...gone].sort(compareKeys), at: 0 };
}
