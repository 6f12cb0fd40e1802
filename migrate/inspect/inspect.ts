import type { Capabilities } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { ObjectFacts } from "../model/object.js";
import type { ObjectInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { openWithKeys } from "./open-with-keys.js";
import { readHead } from "./read-head.js";
import { type ListedSize, settleSize } from "./settle-size.js";

export type Inspection =
  | { readonly kind: "found"; readonly facts: ObjectFacts }
  /** HEAD was refused with 400 and GET confirmed that it was for want of a key; none of those given opens it. */
  | { readonly kind: "sse-c"; readonly requestId: string | null }
  | { readonly kind: "vanished" }
  | { readonly kind: "failed"; readonly error: StoreError };

/**
 * How a GET is refused whose key is missing: S3 and most others say the first, Ceph the second. A 400 of any other name,
 * of a proxy that folds paths for one, says nothing of encryption.
 */
const KEY_IS_MISSING: ReadonlySet<string> = new Set(["InvalidRequest", "InvalidArgument"]);

export interface InspectInput extends ObjectInput {
  /** What a listing shows of the object, to compare its size with. */
  readonly listed?: ListedSize | undefined;
}

/**
 * One HEAD, and one more with each of the keys where the store says that it takes one. Never rejects for what is wrong with
 * the object or the store.
 */
export async function inspect(
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
  keys: readonly CustomerKey[] = [],
): Promise<Inspection> {
  const seen = await headOf(store, input, capabilities);
  const isUnderKey = seen.kind === "sse-c" || (seen.kind === "found" && seen.facts.encryption.state === "sse-c");
  if (!isUnderKey || keys.length === 0) return seen;
  const opened = await openWithKeys(store, input, capabilities, keys);
  const requestId = seen.kind === "found" ? seen.facts.requestId : seen.requestId;
  return opened ?? { kind: "sse-c", requestId };
}

async function headOf(
  store: ObjectStore,
  { listed, ...input }: InspectInput,
  capabilities: Capabilities,
): Promise<Inspection> {
  try {
    const head = await store.headObject(input);
    return { kind: "found", facts: await settleSize(store, input, readHead(input, head, capabilities), listed) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return { kind: "vanished" };
    if (wantsKey(error)) return { kind: "sse-c", requestId: error.facts.requestId };
    return error.kind === "bad-request" ? askAgainWithGet(store, input, error) : { kind: "failed", error };
  }
}

/**
 * HEAD of an SSE-C object without its key is a 400 with no body, as is HEAD with a token that has just expired.
 * GET says which: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
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

/** HEAD itself has no such words, unless the store that was asked had them from GET. */
function wantsKey({ facts: { status, code } }: StoreError): boolean {
  return status === 400 && KEY_IS_MISSING.has(code);
}
