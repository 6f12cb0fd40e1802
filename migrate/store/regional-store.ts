import type { ObjectStore } from "./object-store.js";
import { OPERATIONS, type Operation } from "./operations.js";
import type { StoreErrorKind } from "./store-error.js";

type AnyCall = (input: { readonly bucket?: string }) => Promise<unknown>;

/**
 * Sends each call to the region of its bucket: to `home`, unless `elsewhere` has another store for that
 * bucket.
 */
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

/** The allowed form of a region name. The name comes from the server and may become part of a host name. */
const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * The region of a bucket according to a rejected request. A header names it, also for HEAD. If the request
 * was signed for another region, the error document names it too.
 */
export function namedRegion(
  kind: StoreErrorKind,
  headers: Readonly<Record<string, string>> | undefined,
  said: unknown,
): { readonly region?: string } {
  const region = [headers?.["x-amz-bucket-region"], kind === "wrong-region" ? said : undefined].find(isRegion);
  return region === undefined ? {} : { region };
}

function isRegion(name: unknown): name is string {
  return typeof name === "string" && REGION.test(name);
}
