import type { BucketSubResource } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** What is said at synth of a property whose sub-resource the store lacks; nothing where it has it, or no document tells. */
export function supportProblems(
  property: string,
  subResource: BucketSubResource,
  { store }: ObjectStorageProvider,
): string[] {
  const { value, source } = store.subResources[subResource];
  return value === "unsupported"
    ? [`${property} cannot be used on ${store.name}, which has no ${subResource} (${source}): leave it out`]
    : [];
}
