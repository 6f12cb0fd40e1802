import type { Capabilities } from "../plan/capabilities.js";
import type { ObjectInput, ObjectStore } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import type { ObjectFacts } from "./object-facts.js";
import { readHead } from "./read-head.js";

export type Inspection =
  | { readonly kind: "found"; readonly facts: ObjectFacts }
  /** HEAD was refused with 400 and GET confirmed that it was not for the credentials. */
  | { readonly kind: "sse-c"; readonly requestId: string | null }
  | { readonly kind: "vanished" }
  | { readonly kind: "failed"; readonly error: StoreError };

/** Refusals of a GET that are the credentials' fault, not the object's. */
const NOT_OF_THE_OBJECT: ReadonlySet<StoreErrorKind> = new Set([
  "invalid-credentials",
  "no-credentials",
  "wrong-region",
  "access-denied",
  "throttled",
  "unreachable",
  "server-error",
  "tls",
]);

/** One HEAD. Never rejects for what is wrong with the object or the store. */
export async function inspect(store: ObjectStore, input: ObjectInput, capabilities: Capabilities): Promise<Inspection> {
  try {
    const head = await store.headObject(input);
    return { kind: "found", facts: readHead(input, head, capabilities) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return { kind: "vanished" };
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
    if (NOT_OF_THE_OBJECT.has(error.kind) || error.facts.status !== 400) return { kind: "failed", error };
    return { kind: "sse-c", requestId: error.facts.requestId };
  }
}
