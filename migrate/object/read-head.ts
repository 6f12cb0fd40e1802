import type { Capabilities } from "../model/capabilities.js";
import type { EncryptionState } from "../model/encryption.js";
import { CONTENT_HEADERS, type HeadFacts, type ObjectFacts } from "../model/object.js";
import { countOf } from "../model/text.js";
import type { ObjectHead } from "../store/answers.js";
import type { ObjectStore, ReadInput } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { bareEtag, NO_UTF8 } from "../store/wire.js";

type Headers = ObjectHead["headers"];

const META_PREFIX = "x-amz-meta-";
const CHECKSUM_PREFIX = "x-amz-checksum-";
/**
 * Metadata of the S3 encryption clients:
 * https://docs.aws.amazon.com/amazon-s3-encryption-client/latest/developerguide/
 */
const ENVELOPE_METADATA = ["x-amz-key", "x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg", "x-amz-matdesc"];

/** Reads an object's facts from the headers of its HEAD answer, which may lack a size. Pure. */
export function readHead(
  address: { readonly bucket: string; readonly key: string },
  head: ObjectHead,
  capabilities: Capabilities,
): HeadFacts {
  const { headers, requestId } = head;
  const storageClass = headers["x-amz-storage-class"] ?? "STANDARD";
  const userMetadata = withPrefix(headers, META_PREFIX);
  const content = contentHeaders(headers);
  return {
    bucket: address.bucket,
    key: address.key,
    versionId: headers["x-amz-version-id"] ?? null,
    sizeBytes: contentLength(headers["content-length"]),
    etag: bareEtag(headers.etag ?? ""),
    lastModified: isoDate(headers["last-modified"]),
    storageClass,
    encryption: encryptionOfHead(headers, capabilities),
    ...kmsKeyOf(headers),
    customerKey: null,
    content,
    userMetadata,
    hiddenMetadata: Number(headers["x-amz-missing-meta"] ?? 0) + countUnsendable(userMetadata, content),
    tagCount: headers["x-amz-tagging-count"] === undefined ? null : Number(headers["x-amz-tagging-count"]),
    websiteRedirect: headers["x-amz-website-redirect-location"] ?? null,
    lock: {
      mode: headers["x-amz-object-lock-mode"] ?? null,
      retainUntil: headers["x-amz-object-lock-retain-until-date"] ?? null,
      legalHold: headers["x-amz-object-lock-legal-hold"] ?? null,
    },
    checksums: withPrefix(headers, CHECKSUM_PREFIX),
    ...(isRestored(headers) && { restored: true }),
    archived: isArchived(headers, capabilities.archiveClasses.includes(storageClass)),
    clientSideEncrypted: ENVELOPE_METADATA.some((name) => name in userMetadata),
    requestId,
  };
}

function kmsKeyOf({ "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId }: Headers): Pick<HeadFacts, "kmsKeyId"> {
  return kmsKeyId === undefined ? {} : { kmsKeyId };
}

function withPrefix(headers: Headers, prefix: string): Record<string, string> {
  const found: [string, string][] = [];
  for (const name in headers) if (name.startsWith(prefix)) found.push([name.slice(prefix.length), headers[name] ?? ""]);
  // An assignment would lose metadata of the name "__proto__".
  return Object.fromEntries(found);
}

function contentLength(header: string | undefined): number | null {
  const length = /^\d+$/.test(header ?? "") ? Number(header) : Number.NaN;
  return Number.isSafeInteger(length) ? length : null;
}

function contentHeaders(headers: Headers): HeadFacts["content"] {
  const present: Record<string, string> = {};
  for (const name of CONTENT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) present[name] = value;
  }
  return present;
}

/**
 * Counts the values that another request cannot carry: bytes that are not UTF-8, and a coding that only
 * describes how a body was transferred and that some stores keep by mistake.
 */
function countUnsendable(userMetadata: Headers, content: Headers): number {
  const isKept = content["content-encoding"]?.includes("aws-chunked") === true;
  return countNoUtf8(userMetadata) + countNoUtf8(content) + (isKept ? 1 : 0);
}

function countNoUtf8(values: Headers): number {
  let count = 0;
  for (const name in values) if (values[name]?.includes(NO_UTF8)) count += 1;
  return count;
}

function isoDate(httpDate: string | undefined): string | null {
  const time = Date.parse(httpDate ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** A restored copy is readable for as long as it lasts, in any storage class. */
function isArchived(headers: Headers, archiveClass: boolean): boolean {
  return !isRestored(headers) && (archiveClass || headers["x-amz-archive-status"] !== undefined);
}

function isRestored(headers: Headers): boolean {
  return /ongoing-request="false"/.test(headers["x-amz-restore"] ?? "");
}

const STATE_BY_ALGORITHM: Readonly<Record<string, EncryptionState>> = {
  AES256: "sse-s3",
  "aws:kms": "sse-kms",
  "aws:kms:dsse": "dsse-kms",
};

/**
 * | x-amz-server-side-encryption | …-customer-algorithm | store always encrypts | state |
 * |---|---|---|---|
 * | AES256, aws:kms, aws:kms:dsse | - | - | according to its value |
 * | any other value | - | - | unknown |
 * | absent | present | - | sse-c |
 * | absent | absent | yes | provider-managed |
 * | absent | absent | no | none |
 */
export function encryptionOfHead(
  headers: ObjectHead["headers"],
  capabilities: Capabilities,
): ObjectFacts["encryption"] {
  const algorithm = headers["x-amz-server-side-encryption"];
  if (algorithm !== undefined) return { state: STATE_BY_ALGORITHM[algorithm] ?? "unknown", evidence: "head-header" };
  if (headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined) {
    return { state: "sse-c", evidence: "head-header" };
  }
  if (capabilities.encryptsAlways) return { state: "provider-managed", evidence: "provider-statement" };
  return { state: "none", evidence: "head-header" };
}

/** The object as a listing shows it, to compare with HEAD. */
export interface ListedSize {
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Errors of a GET that say nothing about the size. */
const SAYS_NOTHING: ReadonlySet<StoreErrorKind> = new Set([
  "access-denied",
  "archived",
  "bad-request",
  "not-implemented",
  "other",
  "out-of-range",
]);

/**
 * The size of an object, if HEAD, a GET of the first byte and a listing agree on it. GET is requested only if
 * HEAD has no size or contradicts the listing.
 *
 * | HEAD | GET | listing with the same ETag | size |
 * |---|---|---|---|
 * | a size | - | the same, or unknown | HEAD's |
 * | a size | the same | another | HEAD's |
 * | a size | another, or nothing | another | fails |
 * | nothing | a size | the same, or unknown | GET's |
 * | nothing | nothing | a size | the listing's |
 * | nothing | a size | another | fails |
 * | nothing | nothing | unknown | fails |
 *
 * @throws StoreError `size-unknown` if it fails
 */
export function settleSize(
  store: ObjectStore,
  input: ReadInput,
  facts: HeadFacts,
  listed?: ListedSize,
): ObjectFacts | Promise<ObjectFacts> {
  return isSettled(facts, listed) ? facts : askForSize(store, input, facts, listed);
}

function isSettled(facts: HeadFacts, listed: ListedSize | undefined): facts is ObjectFacts {
  if (facts.sizeBytes === null) return false;
  return listed === undefined || listed.sizeBytes === facts.sizeBytes || !isSameEtag(listed, facts);
}

async function askForSize(
  store: ObjectStore,
  input: ReadInput,
  facts: HeadFacts,
  listed: ListedSize | undefined,
): Promise<ObjectFacts> {
  const ofHead = facts.sizeBytes;
  const given = listed !== undefined && isSameEtag(listed, facts) ? listed.sizeBytes : null;
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
    // If the object is another one by now, the condition of the copy detects that.
    return answer.etag === etag ? answer.totalBytes : null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (SAYS_NOTHING.has(error.kind)) return null;
    throw error;
  }
}

/** Only for the current version, which its ETag identifies. */
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
  const words = (size: number | null) => (size === null ? "no size" : countOf(size, "byte"));
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
