import { distinctKeys } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { ObjectFacts } from "../model/object.js";
import type { ObjectInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { type ListedSize, readHead, settleSize } from "./read-head.js";

export type Inspection =
  | {
      readonly kind: "found";
      readonly facts: ObjectFacts;
      /** When the store answered, by its own clock; `null` if it does not say. */
      readonly answeredAt?: string | null;
    }
  /**
   * HEAD was refused with 400, GET confirmed that a key is missing, and none of the given keys opens the
   * object.
   */
  | { readonly kind: "sse-c"; readonly requestId: string | null }
  | { readonly kind: "vanished" }
  | { readonly kind: "failed"; readonly error: StoreError };

/**
 * The error codes of a GET without the required key. S3 and most others return the first, Ceph the second. A
 * 400 with any other code says nothing about encryption. It may come from a proxy that folds paths.
 */
const KEY_IS_MISSING: ReadonlySet<string> = new Set(["InvalidRequest", "InvalidArgument"]);

interface InspectInput extends ObjectInput {
  /** The object as a listing shows it, to compare its size. */
  readonly listed?: ListedSize | undefined;
}

/**
 * One HEAD, and one more with each key if the store reports that the object needs one. Never rejects for a
 * problem with the object or the store.
 */
export function inspect(
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
  keys: readonly CustomerKey[] = [],
): Promise<Inspection> {
  return keys.length === 0 ? headOf(store, input, capabilities) : inspectWith(keys, store, input, capabilities);
}

async function inspectWith(
  keys: readonly CustomerKey[],
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
): Promise<Inspection> {
  const seen = await headOf(store, input, capabilities);
  const isUnderKey = seen.kind === "sse-c" || (seen.kind === "found" && seen.facts.encryption.state === "sse-c");
  if (!isUnderKey) return seen;
  const opened = await openWithKeys(store, input, capabilities, keys);
  const requestId = seen.kind === "found" ? seen.facts.requestId : seen.requestId;
  return opened ?? { kind: "sse-c", requestId };
}

async function headOf(
  store: ObjectStore,
  { listed, bucket, key, versionId }: InspectInput,
  capabilities: Capabilities,
): Promise<Inspection> {
  const input: ObjectInput = { bucket, key, versionId };
  try {
    const head = await store.headObject(input);
    const settled = settleSize(store, input, readHead(input, head, capabilities), listed);
    const facts = settled instanceof Promise ? await settled : settled;
    return { kind: "found", facts, answeredAt: head.headers.date ?? null };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return { kind: "vanished" };
    if (wantsKey(error)) return { kind: "sse-c", requestId: error.facts.requestId };
    return error.kind === "bad-request" ? askAgainWithGet(store, input, error) : { kind: "failed", error };
  }
}

/**
 * HEAD of an SSE-C object without its key returns 400 without a body. HEAD with a token that has just expired
 * returns the same. GET distinguishes them:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
async function askAgainWithGet(store: ObjectStore, input: ObjectInput, headError: StoreError): Promise<Inspection> {
  try {
    await store.getFirstByte(input);
    return { kind: "failed", error: headError };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return { kind: "vanished" };
    return wantsKey(error) ? { kind: "sse-c", requestId: error.facts.requestId } : { kind: "failed", error };
  }
}

/** HEAD itself returns no such code, unless the `ObjectStore` got it from a GET. */
function wantsKey({ facts: { status, code } }: StoreError): boolean {
  return status === 400 && KEY_IS_MISSING.has(code);
}

const ALGORITHM = "x-amz-server-side-encryption-customer-algorithm";
const KEY_MD5 = "x-amz-server-side-encryption-customer-key-md5";

/** How a store refuses a wrong key: AWS as a missing permission, others as a bad request. */
const NOT_THE_KEY = new Set(["access-denied", "bad-request"]);

/** HEAD of an object that is known to need a key, with each key until one opens it; `null` if none does. */
async function openWithKeys(
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
  keys: readonly CustomerKey[],
): Promise<Extract<Inspection, { kind: "found" | "vanished" | "failed" }> | null> {
  for (const key of keys) {
    const seen = await headWithKey(store, input, capabilities, key);
    if (seen !== null) return seen.kind === "found" ? { kind: "found", facts: seen.facts } : seen;
  }
  return null;
}

type HeadWithKey =
  | {
      readonly kind: "found";
      readonly facts: ObjectFacts;
      /**
       * Whether the answer itself names this key. Not every store does that: OVHcloud's example of HEAD does
       * not.
       */
      readonly named: boolean;
    }
  | Extract<Inspection, { kind: "vanished" | "failed" }>;

/** `null` if it is not the object's key, or if the object needs none. */
async function headWithKey(
  store: ObjectStore,
  { listed, ...address }: InspectInput,
  capabilities: Capabilities,
  key: CustomerKey,
): Promise<HeadWithKey | null> {
  const input = { ...address, headers: key.headers() };
  try {
    const head = await store.headObject(input);
    const md5 = head.headers[KEY_MD5];
    if (md5 !== undefined && md5 !== key.md5) return null;
    const facts = await settleSize(store, input, readHead(address, head, capabilities), listed);
    // The object is encrypted in another way, and the store ignores the headers of a key.
    if (head.headers["x-amz-server-side-encryption"] !== undefined) return { kind: "found", facts, named: true };
    const encryption = { state: "sse-c", evidence: "head-header" } as const;
    return {
      kind: "found",
      facts: { ...facts, encryption, customerKey: key },
      named: head.headers[ALGORITHM] !== undefined && md5 === key.md5,
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return { kind: "vanished" };
    return NOT_THE_KEY.has(error.kind) ? null : { kind: "failed", error };
  }
}

/**
 * As `inspect`, for an object that should be under the `expected` key. It takes one HEAD if the answer names
 * the key. If it does not, the object counts as under that key only if the store refuses to show it without
 * one.
 */
export function inspectUnder(
  expected: CustomerKey | null,
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
  others: readonly CustomerKey[] = [],
): Promise<Inspection> {
  if (expected === null) return inspect(store, input, capabilities, others);
  return inspectUnderKey(expected, store, input, capabilities, others);
}

async function inspectUnderKey(
  expected: CustomerKey,
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
  others: readonly CustomerKey[],
): Promise<Inspection> {
  const seen = await headWithKey(store, input, capabilities, expected);
  if (seen !== null && (seen.kind !== "found" || seen.named)) {
    return seen.kind === "found" ? { kind: "found", facts: seen.facts } : seen;
  }
  return inspect(store, input, capabilities, distinctKeys([expected, ...others]));
}
