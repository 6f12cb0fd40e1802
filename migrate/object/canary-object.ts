import { createHash, randomBytes, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Capabilities, Property } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { StrategyName } from "../model/reason.js";
import { SSE_S3 } from "../model/target-sse.js";
import { staysInPlace } from "../plan/strategies.js";
import { ACCEPTED_AS } from "../plan/verify-copy.js";
import type { ObjectStore, RequestHeaders } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { keepsGrants } from "./carried.js";
import type { RunContext } from "./context.js";
import { grantHeaders } from "./copy-headers.js";
import type { CopyTools } from "./copy-job.js";

const BODY_BYTES = 4096;
const HEADERS = {
  "content-type": "application/x-bucketseal-canary",
  "cache-control": "no-store",
  "x-amz-meta-bucketseal": "a test object: see the documentation of migrate",
};

interface PutObject {
  readonly bucket: string;
  readonly key: string;
  /** One ID for each put; empty if the bucket has no versions. */
  readonly versionIds: readonly string[];
}

export interface CanaryObject extends PutObject {
  readonly body: Uint8Array;
  readonly tagged: boolean;
  /** Whether it has grants in addition to its owner's. */
  readonly granted: boolean;
  /** The properties that the store refused, in words. */
  readonly leftOut: readonly string[];
  /** The customer key that it was put with; `null` for a put without a customer key. */
  readonly customerKey: CustomerKey | null;
}

interface Laying extends CopyTools {
  /** The strategy that will copy it. */
  readonly strategy: StrategyName;
  /** The owner of the test object, if another one has just shown it. */
  readonly ownerId?: string | null;
}

/**
 * Puts a test object with every property that an object can have, under the key prefix that the run may write
 * to.
 */
export async function putCanary(
  laying: Laying & { readonly context: Pick<RunContext, "beforeTestObject"> },
  scope: { readonly bucket: string; readonly prefix: string },
  customerKey: CustomerKey | null = null,
): Promise<CanaryObject> {
  const key = `${scope.prefix}.bucketseal-canary-${randomUUID()}`;
  await laying.context.beforeTestObject(scope.bucket, key);
  return putLaden(laying, { bucket: scope.bucket, key }, customerKey);
}

/** One property that objects can have and a store may refuse. */
interface Load {
  readonly property: Property;
  readonly headers: RequestHeaders;
}

/** Puts such a test object under a key that the caller chooses. */
export async function putLaden(
  laying: Laying,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  customerKey: CustomerKey | null = null,
): Promise<CanaryObject> {
  // The body really is gzip, for clients that decompress it according to its Content-Encoding.
  const body = gzipSync(randomBytes(BODY_BYTES));
  const source = staysInPlace(laying.strategy) ? SSE_S3.headers() : customerKey?.headers();
  const object = { bucket, key, body, headers: { ...HEADERS, ...source } };
  const versionIds: string[] = [];
  const put: Put = async (headers) => {
    const { versionId } = await laying.store.putObject({ ...object, headers: { ...object.headers, ...headers } });
    if (versionId !== null) versionIds.push(versionId);
  };
  const all = loadsOf(laying, body);
  const isWhole = await putAtOnce(laying, all, put);
  const { loads, leftOut } = isWhole ? { loads: all, leftOut: [] } : await putWithLoads(put, all);
  const granted = isWhole || (await putGranted(laying, object, (grants) => put({ ...headersOf(loads), ...grants })));
  return {
    bucket,
    key,
    body,
    customerKey,
    tagged: loads.some(({ property }) => property === "tags"),
    granted,
    leftOut,
    versionIds,
  };
}

/**
 * Leaves out properties that this strategy is known to lose, because no object that has them is copied that
 * way. Leaves out properties that may be lost, because their loss does not matter.
 */
function loadsOf(laying: Laying, body: Uint8Array): readonly Load[] {
  const { capabilities } = laying;
  const others = capabilities.onlineClasses.filter((name) => name !== "STANDARD");
  const storageClass = others.find((name) => name === "STANDARD_IA") ?? others[0];
  const loads: Load[] = [
    ...CONTENT,
    ...USER_METADATA.map((headers): Load => ({ property: "user-metadata", headers })),
    { property: "website-redirect", headers: { "x-amz-website-redirect-location": "/canary" } },
    { property: "checksum", headers: { "x-amz-checksum-sha256": createHash("sha256").update(body).digest("base64") } },
  ];
  if (storageClass !== undefined) {
    loads.push({ property: "storage-class", headers: { "x-amz-storage-class": storageClass } });
  }
  if (capabilities.objectTagging) loads.push({ property: "tags", headers: { "x-amz-tagging": "bucketseal=canary" } });
  return loads.filter(({ property }) => isTried(property, laying));
}

const CONTENT: readonly Load[] = [
  { property: "content-encoding", headers: { "content-encoding": "gzip" } },
  { property: "content-disposition", headers: { "content-disposition": 'attachment; filename="canary.bin"' } },
  { property: "content-language", headers: { "content-language": "fr-CA" } },
  { property: "expires", headers: { expires: "Fri, 01 Jan 2038 00:00:00 GMT" } },
];
const USER_METADATA: readonly RequestHeaders[] = [
  { "x-amz-meta-encoded-word": "=?UTF-8?B?w4lsYW4=?=", "x-amz-meta-percent": 'caf%C3%A9+%2F;q="1, 2"' },
  { "x-amz-meta-utf8": "\u00c9lan, na\u00efve" },
];

/** Tags that a strategy loses are put after the copy. */
function isTried(property: Property, { strategy, capabilities, context }: Laying): boolean {
  const loss = ACCEPTED_AS[property];
  if (loss !== null && context.policy.acceptLoss.includes(loss)) return false;
  if (property === "tags") return true;
  const isCopy = strategy === "copy" || strategy === "copy-replacing";
  if (property === "storage-class" && isCopy && !capabilities.copyTakesStorageClass) return false;
  if (property === "acl" && !keepsGrants(strategy, capabilities)) return false;
  if (loss === "metadata" && strategy === "copy" && !capabilities.copyKeepsMetadata) return false;
  return capabilities.lostBy[strategy]?.includes(property) !== true;
}

type Put = (headers: RequestHeaders) => Promise<void>;

function headersOf(loads: readonly Load[]): RequestHeaders {
  return Object.assign({}, ...loads.map(({ headers }) => headers));
}

/**
 * Puts all properties at once. If the store refuses that, adds them one by one and leaves out those that it
 * refuses.
 */
async function putWithLoads(put: Put, all: readonly Load[]) {
  try {
    await put(headersOf(all));
    return { loads: all, leftOut: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  await put({});
  const loads: Load[] = [];
  const leftOut: string[] = [];
  for (const load of all) {
    try {
      await put(headersOf([...loads, load]));
      loads.push(load);
    } catch (error) {
      // Without permission to tag, the tags of real objects could not be carried either.
      if (!isRefusal(error) || (load.property === "tags" && error.kind === "access-denied")) throw error;
      leftOut.push(`${load.property} (${error.facts.code})`);
    }
  }
  return { loads, leftOut };
}

/** Puts all properties and a grant to the known owner. `false` if the store refuses that, or the owner is not known. */
async function putAtOnce(laying: Laying, loads: readonly Load[], put: Put): Promise<boolean> {
  const { ownerId, capabilities } = laying;
  if (!ownerId || !capabilities.objectAcl || !isTried("acl", laying)) return false;
  try {
    await put({ ...headersOf(loads), ...ownersGrants(ownerId, capabilities) });
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/**
 * Puts a grant to the owner only, so that nobody else gets access. `false` if the store has no grants or
 * refuses this one.
 */
async function putGranted(
  laying: Laying,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  put: Put,
): Promise<boolean> {
  const { store, capabilities } = laying;
  if (!capabilities.objectAcl || !isTried("acl", laying)) return false;
  try {
    const { ownerId } = await store.getObjectAcl({ bucket, key });
    if (!ownerId) return false;
    await put(ownersGrants(ownerId, capabilities));
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

function ownersGrants(ownerId: string, { grantForm }: Capabilities): RequestHeaders {
  const grantee = { kind: "id", value: ownerId } as const;
  const grants = [
    { permission: "FULL_CONTROL", grantee },
    { permission: "READ", grantee },
  ] as const;
  return grantHeaders(grants, grantForm);
}

/** Whether the store refused the request itself, as opposed to a problem on the way. */
export function isRefusal(error: unknown): error is StoreError {
  if (!(error instanceof StoreError)) return false;
  const { status } = error.facts;
  return error.kind !== "throttled" && status !== null && (status === 501 || (status >= 400 && status < 500));
}

/** Deletes the object with all its versions. Resolves with a message about what is left behind, or `null`. */
export async function deleteCanary(store: ObjectStore, canary: PutObject): Promise<string | null> {
  const { bucket, key } = canary;
  try {
    const { versionIds, complete } = await versionsOf(store, canary);
    await allEnded(versionIds.map((versionId) => store.deleteObject({ bucket, key, versionId })));
    return complete
      ? null
      : `versions of the canary object s3://${bucket}/${key} may be left: they could not be listed`;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `the canary object s3://${bucket}/${key} could not be deleted (${error.facts.code}): delete it by hand`;
  }
}

interface Versions {
  readonly versionIds: readonly (string | undefined)[];
  /** Whether the list is known to be complete. */
  readonly complete: boolean;
}

/** If versions cannot be listed: the object without a version ID, and the versions that were put, if any. */
async function versionsOf(store: ObjectStore, { bucket, key, versionIds }: PutObject): Promise<Versions> {
  try {
    const versions = await store.listObjectVersions({ bucket, prefix: key });
    const listed = versions.map((version) => version.versionId);
    return { versionIds: listed.length > 0 ? listed : [undefined], complete: true };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return versionIds.length === 0
      ? { versionIds: [undefined], complete: true }
      : { versionIds: [undefined, ...versionIds], complete: false };
  }
}
