import type { HeadObjectInput, ObjectStore } from "./object-store.js";
import { StoreError } from "./store-error.js";

/**
 * A rejected HEAD has no body, so an expired token, clock skew, an SSE-C object and a missing permission look
 * alike. This store then sends GET for the first byte and reports the error of that GET as HEAD's. If GET
 * succeeds, HEAD is sent again.
 */
export function explainingStore(store: ObjectStore): ObjectStore {
  const headObject: ObjectStore["headObject"] = async (input) => {
    try {
      return await store.headObject(input);
    } catch (error) {
      if (!(error instanceof StoreError) || !isUnexplained(error)) throw error;
      await askWithGet(store, input);
      return store.headObject(input);
    }
  };
  return { ...store, headObject };
}

function isUnexplained({ facts: { status } }: StoreError): boolean {
  return status === 400 || status === 403;
}

async function askWithGet(store: ObjectStore, { bucket, key, versionId, headers }: HeadObjectInput): Promise<void> {
  try {
    await store.getFirstByte({ bucket, key, versionId, headers });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError({ ...error.facts, operation: "headObject" }, error);
  }
}
