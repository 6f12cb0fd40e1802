import type { ObjectStore } from "./object-store.js";
import { OPERATIONS, type Operation } from "./operations.js";

type AnyCall = (input: { readonly bucket?: string }) => Promise<unknown>;

/** Sends each call to where its bucket is: `home`, unless `elsewhere` has another store for it by now. */
export function regionalStore(home: ObjectStore, elsewhere: (bucket: string) => ObjectStore | undefined): ObjectStore {
  const route =
    (operation: Operation): AnyCall =>
    (input) => {
      const store = (input.bucket === undefined ? undefined : elsewhere(input.bucket)) ?? home;
      return (store[operation] as AnyCall)(input);
    };
  const operations = Object.keys(OPERATIONS) as Operation[];
  return Object.fromEntries(operations.map((operation) => [operation, route(operation)])) as unknown as ObjectStore;
}
