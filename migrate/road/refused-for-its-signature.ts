import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

const CODE = "SignatureDoesNotMatch";

/**
 * Whether a request was refused only because the store computes another signature over what belongs to this object: the same
 * credentials sign a request without its key and headers well enough, whatever else that is answered with.
 */
export async function refusedForItsSignature(
  error: StoreError,
  bucket: string,
  store: Pick<ObjectStore, "getBucketVersioning">,
): Promise<boolean> {
  if (error.facts.code !== CODE) return false;
  try {
    await store.getBucketVersioning({ bucket });
    return true;
  } catch (other) {
    if (!(other instanceof StoreError)) throw other;
    return other.facts.status !== null && other.kind !== "invalid-credentials" && other.kind !== "throttled";
  }
}
