import type { BucketState } from "../buckets/read-bucket.js";

/** Under this name a run tries the store out, on objects that it deletes again where the store lets it. */
const PREFIX = ".bucketseal-";

export function isThrowAway(key: string): boolean {
  return key.startsWith(PREFIX);
}

export function withoutThrowAways(state: BucketState): BucketState {
  return new Map([...state].filter(([key]) => !isThrowAway(key)));
}

/** Throw-away objects that are still there and that no run has named: nobody would know to delete them. */
export function unnamedThrowAways(state: BucketState, said: string): string[] {
  return [...state.keys()].filter((key) => isThrowAway(key) && !said.includes(key));
}
