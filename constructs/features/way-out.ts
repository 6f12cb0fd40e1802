import type { BucketSubResource, Fact } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** The end of a refusal: to leave the property out and, where the store has another way, which. */
export function wayOut(subResource: BucketSubResource, { store }: ObjectStorageProvider): string {
  const instead: Fact<string> | undefined = store.alternatives[subResource];
  return instead === undefined ? "leave it out" : `leave it out; instead, ${instead.value} (${instead.source})`;
}
