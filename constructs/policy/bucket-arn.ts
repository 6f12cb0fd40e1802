import { isKnownLater } from "../features/literal.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** The ARN of a bucket. Terraform's AWS provider makes no ARN that other stores take where it does not know their region. */
export function bucketArn(bucketName: string, storage: ObjectStorageProvider): string {
  return `arn:${partition(storage)}:s3:::${bucketName}`;
}

function partition({ store, region }: ObjectStorageProvider): string {
  if (store.id !== "aws" || isKnownLater(region)) return "aws";
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
