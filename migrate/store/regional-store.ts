import type { ObjectStore } from "./object-store.js";
import { OPERATIONS, type Operation } from "./operations.js";
import type { StoreErrorKind } from "./store-error.js";

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

/** What a region may be called: the name may become a part of a host, and comes from whoever answers. */
const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** In which region a bucket is, as a refusal says: in a header, which HEAD has too, or in the document of one that was signed for another region. */
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
