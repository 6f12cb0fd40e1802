import type { ProviderProfile } from "../../providers/index.js";
import { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { Bucket } from "./bucket.js";
import { providerName } from "./same-store.js";

/** The store that a bucket is in; undefined where no ObjectStorageProvider tells. */
export function storeOfBucket({ resource, attributes }: Bucket): ProviderProfile | undefined {
  if (resource.terraformResourceType !== "aws_s3_bucket") return undefined;
  const stack = resource.cdktfStack;
  const storages = stack.node.findAll().filter(ObjectStorageProvider.isObjectStorageProvider);
  return storages.find(({ aws }) => aws.cdktfStack === stack && aws.fqn === providerName(attributes))?.store;
}
