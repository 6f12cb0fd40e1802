import { createHash } from "node:crypto";
import type { KeyRing } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import type { Place, RemovalGuard, Removed } from "../object/context.js";
import { inspect } from "../object/inspect.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

const ONE_OF = 50;
/** Only this much of larger bodies is compared. */
const MAX_BYTES = 64 * 1024 * 1024;

interface Reading {
  readonly store: ObjectStore;
  readonly capabilities: Capabilities;
  readonly keys: KeyRing;
}

interface Bucket {
  /** Settles once the earlier removals that wait for the first comparison are done. */
  first: Promise<void>;
  isProven: boolean;
  removals: number;
}

export function createRemovalGuard(reading: Reading): RemovalGuard {
  const { store } = reading;
  const buckets = new Map<string, Bucket>();
  let isStopped = false;
  const bucketOf = (name: string): Bucket => {
    const known = buckets.get(name) ?? { first: Promise.resolve(), isProven: false, removals: 0 };
    buckets.set(name, known);
    return known;
  };
  const removeNow = async <Reason>(
    place: Place,
    versionId: string,
    lookAgain: () => Promise<Reason | null>,
  ): Promise<Extract<Removed<Reason>, { kind: "kept" | "removed" }>> => {
    const reason = await lookAgain();
    if (reason !== null) return { kind: "kept", reason };
    const { requestId } = await store.deleteObject({ ...place, versionId });
    return { kind: "removed", requestId };
  };
  const compared = async <Reason>(
    place: Place,
    versionId: string,
    before: Body | null,
    lookAgain: (delayed: boolean) => Promise<Reason | null>,
  ): Promise<Removed<Reason>> => {
    if (isStopped) return { kind: "stopped" };
    const removed = await removeNow(place, versionId, () => lookAgain(true));
    if (removed.kind === "kept") return removed;
    const detail = before === null ? null : await harmOf(place, before, reading);
    if (detail !== null && detail !== CHANGED) {
      isStopped = true;
      return { kind: "harmed", detail };
    }
    bucketOf(place.bucket).isProven ||= before !== null && detail === null;
    return removed;
  };
  return {
    get isStopped() {
      return isStopped;
    },
    async remove(place, versionId, lookAgain) {
      let delayed = false;
      const bucket = bucketOf(place.bucket);
      if (!bucket.isProven) {
        delayed = true;
        // If the key is deleted, no current object could be harmed.
        if (!(await hasCurrent(place, reading))) return compared(place, versionId, null, lookAgain);
        const earlier = bucket.first;
        let done: () => void = () => undefined;
        bucket.first = new Promise((resolve) => {
          done = resolve;
        });
        await earlier;
        try {
          if (!bucket.isProven && !isStopped) {
            return await compared(place, versionId, await readBody(place, reading), lookAgain);
          }
        } finally {
          done();
        }
      }
      if (isStopped) return { kind: "stopped" };
      bucket.removals += 1;
      if (bucket.removals % ONE_OF === 0) {
        return compared(place, versionId, await readBody(place, reading), lookAgain);
      }
      return removeNow(place, versionId, () => lookAgain(delayed));
    },
  };
}

interface Body {
  readonly etag: string;
  readonly sha256: string;
}

async function hasCurrent({ bucket, key }: Place, { store, capabilities, keys }: Reading): Promise<boolean> {
  const seen = await inspect(store, { bucket, key }, capabilities, keys.keysFor(key));
  return seen.kind === "found";
}

/** `null` if there is none, or if it is unreadable. It then proves nothing. */
async function readBody(place: Place, reading: Reading): Promise<Body | null> {
  try {
    return await bodyOf(place, reading);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

async function bodyOf(place: Place, { store, capabilities, keys }: Reading): Promise<Body | null> {
  const seen = await inspect(store, place, capabilities, keys.keysFor(place.key));
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found") return null;
  const { etag, customerKey } = seen.facts;
  const { body } = await store.openObject({ ...place, headers: customerKey?.headers() ?? {} });
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of body) {
    hash.update(chunk.subarray(0, MAX_BYTES - bytes));
    bytes += chunk.length;
    if (bytes >= MAX_BYTES) break;
  }
  return { etag, sha256: hash.digest("hex") };
}

/** Somebody else wrote or deleted the object, so there is nothing to compare. */
const CHANGED = Symbol("changed");

/** The damage to the current object, in words; `null` if it is unchanged. */
async function harmOf(place: Place, before: Body, reading: Reading): Promise<string | typeof CHANGED | null> {
  try {
    const after = await bodyOf(place, reading);
    if (after === null || after.etag !== before.etag) return CHANGED;
    return after.sha256 === before.sha256 ? null : "its bytes are others than before";
  } catch (error) {
    if (error instanceof StoreError) return `it cannot be read any more: ${error.message}`;
    throw error;
  }
}
