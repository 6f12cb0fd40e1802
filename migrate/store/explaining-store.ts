import type { HeadObjectInput, ObjectStore } from "./object-store.js";
import { StoreError } from "./store-error.js";

/**
 * A refusal of HEAD has no body, so that a token that has just expired, a clock that is off, an SSE-C object and a missing
 * right look alike. GET of the first byte says which, and HEAD is then refused in its words. What GET is given HEAD may
 * ask for again.
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
