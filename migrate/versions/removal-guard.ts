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
  return new Guard(reading);
}

type LookAgain<Reason> = (delayed: boolean) => Promise<Reason | null>;

class Guard implements RemovalGuard {
  readonly #reading: Reading;
  readonly #buckets = new Map<string, Bucket>();
  #isStopped = false;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  async remove<Reason>(place: Place, versionId: string, lookAgain: LookAgain<Reason>): Promise<Removed<Reason>> {
    const bucket = this.#bucketOf(place.bucket);
    const delayed = !bucket.isProven;
    if (delayed) {
      const first = await this.#removeInTurn(bucket, place, versionId, lookAgain);
      if (first !== null) return first;
    }
    if (this.#isStopped) return { kind: "stopped" };
    bucket.removals += 1;
    if (bucket.removals % ONE_OF === 0) {
      return this.#compared(place, versionId, await readBody(place, this.#reading), lookAgain);
    }
    return this.#removeNow(place, versionId, () => lookAgain(delayed));
  }

  /** Waits for the removals before it. `null` if one of them proved that removals do no harm, or that they do. */
  async #removeInTurn<Reason>(
    bucket: Bucket,
    place: Place,
    versionId: string,
    lookAgain: LookAgain<Reason>,
  ): Promise<Removed<Reason> | null> {
    // If the key is deleted, no current object could be harmed.
    if (!(await hasCurrent(place, this.#reading))) return this.#compared(place, versionId, null, lookAgain);
    const earlier = bucket.first;
    let done: () => void = () => undefined;
    bucket.first = new Promise((resolve) => {
      done = resolve;
    });
    await earlier;
    try {
      if (bucket.isProven || this.#isStopped) return null;
      return await this.#compared(place, versionId, await readBody(place, this.#reading), lookAgain);
    } finally {
      done();
    }
  }

  #bucketOf(name: string): Bucket {
    const known = this.#buckets.get(name) ?? { first: Promise.resolve(), isProven: false, removals: 0 };
    this.#buckets.set(name, known);
    return known;
  }

  async #removeNow<Reason>(
    place: Place,
    versionId: string,
    lookAgain: () => Promise<Reason | null>,
  ): Promise<Extract<Removed<Reason>, { kind: "kept" | "removed" }>> {
    const reason = await lookAgain();
    if (reason !== null) return { kind: "kept", reason };
    const { requestId } = await this.#reading.store.deleteObject({ ...place, versionId });
    return { kind: "removed", requestId };
  }

  async #compared<Reason>(
    place: Place,
    versionId: string,
    before: Body | null,
    lookAgain: LookAgain<Reason>,
  ): Promise<Removed<Reason>> {
    if (this.#isStopped) return { kind: "stopped" };
    const removed = await this.#removeNow(place, versionId, () => lookAgain(true));
    if (removed.kind === "kept") return removed;
    const detail = before === null ? null : await damageTo(place, before, this.#reading);
    if (detail !== null && detail !== CHANGED) {
      this.#isStopped = true;
      return { kind: "harmed", detail };
    }
    this.#bucketOf(place.bucket).isProven ||= before !== null && detail === null;
    return removed;
  }
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
async function damageTo(place: Place, before: Body, reading: Reading): Promise<string | typeof CHANGED | null> {
  try {
    const after = await bodyOf(place, reading);
    if (after === null || after.etag !== before.etag) return CHANGED;
    return after.sha256 === before.sha256 ? null : "its bytes are different";
  } catch (error) {
    if (error instanceof StoreError) return `it cannot be read any more: ${error.message}`;
    throw error;
  }
}
