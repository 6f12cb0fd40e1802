import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { Construct } from "constructs";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** A bucket and where its further parts are declared. */
export interface BucketParts {
  readonly scope: Construct;
  readonly storage: ObjectStorageProvider;
  readonly bucket: S3Bucket;
}
