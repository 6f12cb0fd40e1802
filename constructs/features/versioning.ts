import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { choice } from "../checked-props.js";
import type { Feature } from "./feature.js";
import { partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

export interface VersioningProps {
  /**
   * Keeps overwritten and deleted objects as noncurrent versions. Once enabled, versioning can be
   * suspended but not removed.
   * @default - not versioned
   */
  readonly versioning?: "enabled" | "suspended";
}

export const versioning: Feature<VersioningProps, S3BucketVersioningA> = {
  fields: { versioning: choice(["enabled", "suspended"]).optional() },
  needs: { versioning: "versioning" },
  parts: [
    {
      id: "versioning",
      type: "aws_s3_bucket_versioning",
      inline: ["versioning"],
      setting: "versioning",
      left: "leave versioning, objectLock and defaultRetention out",
    },
  ],
  problems: ({ versioning }, storage) =>
    versioning === undefined ? [] : supportProblems("versioning", "versioning", storage),
  declare: declareVersioning,
};

function declareVersioning({ versioning }: VersioningProps, bucket: DeclaredBucket): S3BucketVersioningA | undefined {
  if (versioning === undefined) return undefined;
  return new S3BucketVersioningA(bucket, "versioning", {
    ...partOf(bucket),
    versioningConfiguration: { status: versioning === "enabled" ? "Enabled" : "Suspended" },
  });
}
