import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketArn } from "./bucket-arn.js";

/** A bucket as a policy of its store names it; `/*` after it names all its objects. */
export function bucketResource(bucketName: string, storage: ObjectStorageProvider): string {
  return storage.store.bucketPolicies.resources.value === "name" ? bucketName : bucketArn(bucketName, storage);
}
