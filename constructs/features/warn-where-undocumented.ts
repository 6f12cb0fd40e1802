import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import type { BucketSubResource } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { SUB_RESOURCE_WORDS } from "./sub-resource-words.js";

export function warnWhereUndocumented(
  bucket: IConstruct,
  property: string,
  subResource: BucketSubResource,
  { store }: ObjectStorageProvider,
): void {
  if (store.id === "generic" || store.subResources[subResource].value !== "undocumented") return;
  const words = SUB_RESOURCE_WORDS[subResource];
  Annotations.of(bucket).addWarning(
    `${property}: no document of ${store.name} says whether it has ${words}, so the deployment may fail`,
  );
}
