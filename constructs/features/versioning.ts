import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { choice, type Fields } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { type BucketParts, partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

export interface VersioningProps {
  /**
   * Keeps what is overwritten or deleted as noncurrent versions. Once enabled it can be suspended, but never taken away again.
   * @default - not versioned
   */
  readonly versioning?: "enabled" | "suspended";
}

export const versioningFields = {
  versioning: choice(["enabled", "suspended"]).optional(),
} satisfies Fields<VersioningProps>;

export function declareVersioning(
  parts: BucketParts,
  { versioning }: VersioningProps,
): S3BucketVersioningA | undefined {
  if (versioning === undefined) return undefined;
  return new S3BucketVersioningA(parts.scope, "versioning", {
    ...partOf(parts),
    versioningConfiguration: { status: versioning === "enabled" ? "Enabled" : "Suspended" },
  });
}

export function versioningProblems({ versioning }: VersioningProps, storage: ObjectStorageProvider): string[] {
  if (versioning === undefined) return [];
  return supportProblems("versioning", "versioning", storage);
}
