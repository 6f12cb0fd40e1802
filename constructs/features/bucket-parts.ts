import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { ITerraformIterator, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { attributeOf } from "./for-each.js";

/** A bucket and where its further parts are declared. */
export interface BucketParts {
  readonly scope: Construct;
  readonly storage: ObjectStorageProvider;
  readonly bucket: S3Bucket;
}

/** What each part of a bucket says of it: which bucket, through which provider, and for each of which instances. */
export interface PartOf {
  readonly provider: TerraformProvider;
  readonly bucket: string;
  readonly forEach?: ITerraformIterator;
}

export function partOf({ storage, bucket }: Pick<BucketParts, "storage" | "bucket">): PartOf {
  const { forEach } = bucket;
  return { provider: storage.aws, bucket: attributeOf(bucket, "id"), ...(forEach === undefined ? {} : { forEach }) };
}
