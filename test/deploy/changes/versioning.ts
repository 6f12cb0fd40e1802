import { GetBucketVersioningCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import type { PropertyChange } from "./property-change.js";

export const versioning: PropertyChange = {
  id: "versioned",
  before: { versioning: "suspended" },
  after: { versioning: "enabled" },
  plan: { "aws_s3_bucket_versioning.versioned_versioning": "update" },
  leftOut: { "aws_s3_bucket_versioning.versioned_versioning": "delete" },
  read: async (s3, Bucket) => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
  finds: { before: "Suspended", after: "Enabled" },
  undo: (s3, Bucket) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
};
