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

/** How a process may remove a version. `proving`: no other removal in its bucket is under way, or may begin. */
export type RemovalTurn = "stopped" | "proving" | "comparing" | "free";
/** What a removal has shown whose object was read before and after it. */
export type RemovalEffect = "proven" | "nothing" | "harmed";

/** The turns of one process to remove versions. */
export interface RemovalTurns {
  /** An earlier removal did harm. */
  readonly isStopped: boolean;
  /** Whether a removal in the bucket is known to have done no harm. */
  isProven(bucket: string): boolean;
  /** Waits for the removal that is to prove that removals do no harm. `isBare`: the key has no current object. */
  take(bucket: string, isBare: boolean): Promise<RemovalTurn>;
  /** Ends a turn that is `proving` or `comparing`. */
  done(bucket: string, effect: RemovalEffect): void;
}

export interface HeldTurns extends RemovalTurns {
  /** The process is gone: another one may prove what it was about to. */
  leave(): void;
}

/** The turns of all processes of a run. */
export interface RemovalsOfRun {
  readonly isStopped: boolean;
  /** The turns of one more process. */
  open(): HeldTurns;
  /** Called once a removal has done harm. */
  onStopped(listener: () => void): void;
}

interface Waiting {
  readonly holder: object;
  readonly let: (turn: RemovalTurn) => void;
}

interface Bucket {
  isProven: boolean;
  removals: number;
  /** Whose removal is to prove that removals do no harm. */
  prover: object | null;
  waiting: Waiting[];
}

export function openRemovals(): RemovalsOfRun {
  return new Removals();
}

class Removals implements RemovalsOfRun {
  isStopped = false;
  readonly #buckets = new Map<string, Bucket>();
  readonly #listeners: (() => void)[] = [];

  open(): HeldTurns {
    const holder = {};
    const isStopped = () => this.isStopped;
    return {
      get isStopped() {
        return isStopped();
      },
      isProven: (bucket) => this.#bucketOf(bucket).isProven,
      take: (bucket, isBare) => this.#take(this.#bucketOf(bucket), isBare, holder),
      done: (bucket, effect) => this.#done(this.#bucketOf(bucket), effect, holder),
      leave: () => {
        for (const bucket of this.#buckets.values()) this.#leave(bucket, holder);
      },
    };
  }

  onStopped(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #bucketOf(name: string): Bucket {
    const known = this.#buckets.get(name) ?? { isProven: false, removals: 0, prover: null, waiting: [] };
    this.#buckets.set(name, known);
    return known;
  }

  async #take(bucket: Bucket, isBare: boolean, holder: object): Promise<RemovalTurn> {
    if (this.isStopped) return "stopped";
    if (isBare) return "free";
    if (bucket.isProven) return nextOf(bucket);
    if (bucket.prover !== null) return new Promise((resolve) => bucket.waiting.push({ holder, let: resolve }));
    bucket.prover = holder;
    return "proving";
  }

  #done(bucket: Bucket, effect: RemovalEffect, holder: object): void {
    if (effect === "harmed") this.#stop();
    if (bucket.prover !== holder) return;
    bucket.prover = null;
    bucket.isProven = effect === "proven";
    if (bucket.isProven) for (const { let: pass } of bucket.waiting.splice(0)) pass(nextOf(bucket));
    else this.#letNext(bucket);
  }

  #letNext(bucket: Bucket): void {
    const next = bucket.waiting.shift();
    if (next === undefined) return;
    bucket.prover = next.holder;
    next.let("proving");
  }

  #leave(bucket: Bucket, holder: object): void {
    bucket.waiting = bucket.waiting.filter((one) => one.holder !== holder);
    this.#done(bucket, "nothing", holder);
  }

  #stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const { waiting } of this.#buckets.values()) for (const one of waiting.splice(0)) one.let("stopped");
    for (const listener of this.#listeners) listener();
  }
}

/** The next removal in a bucket in which they do no harm. */
function nextOf(bucket: Bucket): RemovalTurn {
  bucket.removals += 1;
  return bucket.removals % ONE_OF === 0 ? "comparing" : "free";
}

/** Removes versions in this process, when it is its turn. */
export function createRemovalGuard(reading: Reading, turns: RemovalTurns): RemovalGuard {
  return new Guard(reading, turns);
}

type LookAgain<Reason> = (delayed: boolean) => Promise<Reason | null>;

class Guard implements RemovalGuard {
  readonly #reading: Reading;
  readonly #turns: RemovalTurns;

  constructor(reading: Reading, turns: RemovalTurns) {
    this.#reading = reading;
    this.#turns = turns;
  }

  get isStopped(): boolean {
    return this.#turns.isStopped;
  }

  async remove<Reason>(place: Place, versionId: string, lookAgain: LookAgain<Reason>): Promise<Removed<Reason>> {
    const delayed = !this.#turns.isProven(place.bucket);
    // If the key is deleted, no current object could be harmed.
    const isBare = delayed && !(await hasCurrent(place, this.#reading));
    const turn = await this.#turns.take(place.bucket, isBare);
    if (turn === "stopped") return { kind: "stopped" };
    if (turn === "free") return this.#removeNow(place, versionId, () => lookAgain(delayed));
    const compared = { effect: "nothing" as RemovalEffect };
    try {
      return await this.#compared(place, versionId, lookAgain, compared);
    } finally {
      this.#turns.done(place.bucket, compared.effect);
    }
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
    lookAgain: LookAgain<Reason>,
    compared: { effect: RemovalEffect },
  ): Promise<Removed<Reason>> {
    const before = await readBody(place, this.#reading);
    if (this.isStopped) return { kind: "stopped" };
    const removed = await this.#removeNow(place, versionId, () => lookAgain(true));
    if (removed.kind === "kept" || before === null) return removed;
    const detail = await damageTo(place, before, this.#reading);
    if (detail === CHANGED) return removed;
    compared.effect = detail === null ? "proven" : "harmed";
    return detail === null ? removed : { kind: "harmed", detail };
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
