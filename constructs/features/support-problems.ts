import type { BucketSubResource } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { SUB_RESOURCE_WORDS } from "./sub-resource-words.js";
import { wayOut } from "./way-out.js";

/**
 * What is said at synth of a property whose sub-resource the store lacks: property, store, source and what to do instead.
 * Nothing where the store has it; where no document tells, see `warnOfUndocumented`.
 */
export function supportProblems(
  property: string,
  subResource: BucketSubResource,
  storage: ObjectStorageProvider,
): string[] {
  const { name, subResources } = storage.store;
  const { value, source } = subResources[subResource];
  return value === "unsupported"
    ? [
        `${property} cannot be used on ${name}, which has no ${SUB_RESOURCE_WORDS[subResource]} (${source}): ${wayOut(subResource, storage)}`,
      ]
    : [];
}
