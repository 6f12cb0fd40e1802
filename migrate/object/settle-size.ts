import type { HeadFacts, ObjectFacts } from "../model/object.js";
import type { ObjectStore, ReadInput } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { bareEtag } from "../store/wire.js";

/** What a listing shows of the object that HEAD is asked of. */
export interface ListedSize {
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Answers to a GET that say nothing of the size. */
const SAYS_NOTHING: ReadonlySet<StoreErrorKind> = new Set([
  "access-denied",
  "archived",
  "bad-request",
  "not-implemented",
  "other",
  "out-of-range",
]);

/**
 * The size of an object, as far as HEAD, a GET of the first byte and a listing agree on it. GET is asked only if HEAD says nothing
 * or contradicts the listing.
 *
 * | HEAD | GET | listing, of the same ETag | size |
 * |---|---|---|---|
 * | a size | - | the same, or unknown | HEAD's |
 * | a size | the same | another | HEAD's |
 * | a size | another, or nothing | another | fails |
 * | nothing | a size | the same, or unknown | GET's |
 * | nothing | nothing | a size | the listing's |
 * | nothing | a size | another | fails |
 * | nothing | nothing | unknown | fails |
 *
 * @throws StoreError `size-unknown` where it fails
 */
export async function settleSize(
  store: ObjectStore,
  input: ReadInput,
  facts: HeadFacts,
  listed?: ListedSize,
): Promise<ObjectFacts> {
  const ofHead = facts.sizeBytes;
  const given = listed !== undefined && isSameEtag(listed, facts) ? listed.sizeBytes : null;
  if (ofHead !== null && (given === null || given === ofHead)) return { ...facts, sizeBytes: ofHead };
  const ofGet = await sizeByGet(store, input, facts);
  if (ofHead !== null && ofGet === ofHead) return { ...facts, sizeBytes: ofHead };
  const ofListing = given ?? (await sizeByListing(store, input, facts));
  const sizes = new Set([ofHead, ofGet, ofListing].filter((size) => size !== null));
  const [sizeBytes] = sizes;
  if (sizeBytes === undefined || sizes.size > 1) throw sizeUnknown({ ofHead, ofGet, ofListing });
  return { ...facts, sizeBytes };
}

async function sizeByGet(store: ObjectStore, input: ReadInput, { etag }: HeadFacts): Promise<number | null> {
  try {
    const answer = await store.getFirstByte(input);
    // Another object by now: the copy's own condition finds that out.
    return answer.etag === etag ? answer.totalBytes : null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (SAYS_NOTHING.has(error.kind)) return null;
    throw error;
  }
}

/** Of the current version alone, which its ETag tells. */
async function sizeByListing(store: ObjectStore, { bucket, key }: ReadInput, facts: HeadFacts): Promise<number | null> {
  const { objects } = await store.listObjects({ bucket, prefix: key });
  const found = objects.find((listed) => listed.key === key && listed.fault === undefined);
  return found !== undefined && isSameEtag(found, facts) ? found.sizeBytes : null;
}

function isSameEtag(listed: ListedSize, { etag }: HeadFacts): boolean {
  return etag !== "" && bareEtag(listed.etag) === etag;
}

interface Sizes {
  readonly ofHead: number | null;
  readonly ofGet: number | null;
  readonly ofListing: number | null;
}

function sizeUnknown({ ofHead, ofGet, ofListing }: Sizes): StoreError {
  const words = (size: number | null) => (size === null ? "no size" : `${size} bytes`);
  const message = `HEAD shows ${words(ofHead)}, a GET of the first byte ${words(ofGet)}, and the listing ${words(ofListing)}`;
  return new StoreError({
    kind: "size-unknown",
    operation: "headObject",
    status: 200,
    code: "SizeUnknown",
    message,
    requestId: null,
  });
}
