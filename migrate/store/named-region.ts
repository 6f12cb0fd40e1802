import type { StoreErrorKind } from "./store-error.js";

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
