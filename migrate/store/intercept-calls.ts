import type { ObjectStore } from "./object-store.js";
import { OPERATIONS, type Operation } from "./operations.js";

export type AroundCall = (operation: Operation, call: () => Promise<unknown>) => Promise<unknown>;

/** A store whose every call goes through `around`: what the decorators are made of. */
export function interceptCalls(store: ObjectStore, around: AroundCall): ObjectStore {
  const wrap = (operation: Operation) => {
    const call = store[operation].bind(store) as (input: never) => Promise<unknown>;
    return (input: never) => around(operation, () => call(input));
  };
  const operations = Object.keys(OPERATIONS) as Operation[];
  return Object.fromEntries(operations.map((operation) => [operation, wrap(operation)])) as unknown as ObjectStore;
}
