import type { Capabilities } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { ObjectFacts } from "../model/object.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { InspectInput, Inspection } from "./inspect.js";
import { readHead } from "./read-head.js";
import { settleSize } from "./settle-size.js";

const ALGORITHM = "x-amz-server-side-encryption-customer-algorithm";
const KEY_MD5 = "x-amz-server-side-encryption-customer-key-md5";

/** How a store refuses another key: AWS as a missing right, others as a bad request. */
const NOT_THE_KEY = new Set(["access-denied", "bad-request"]);

/** HEAD of an object that is known to want a key, with each key until one opens it; `null` where none does. */
export async function openWithKeys(
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

export type HeadWithKey =
  | {
      readonly kind: "found";
      readonly facts: ObjectFacts;
      /** Whether the answer itself names this key. Not every store says so: OVHcloud's example of HEAD does not. */
      readonly named: boolean;
    }
  | Extract<Inspection, { kind: "vanished" | "failed" }>;

/** `null` where it is not the object's key, or the object takes none. */
export async function headWithKey(
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
    // Encrypted otherwise, by a store that does not look at the headers of a key.
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
