import type { S3BucketConfig } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { TerraformResourceLifecycle } from "cdktf";
import { inlineRules } from "../features/lifecycle/inline-rules.js";
import { locksObjects } from "../features/object-lock.js";
import { guarded } from "../features/removal.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** What Terraform's bucket itself is told; all else is a resource of its own. */
export function bucketConfig(props: EncryptedBucketProps, storage: ObjectStorageProvider): S3BucketConfig {
  const { bucketName, tags, removal, forEach } = props;
  return {
    provider: storage.aws,
    ...(forEach === undefined ? {} : { forEach }),
    ...(bucketName === undefined ? {} : { bucket: bucketName }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...(locksObjects(props) ? { objectLockEnabled: true } : {}),
    ...(removal === "destroyWithContents" ? { forceDestroy: true } : {}),
    ...inlineRules(props, storage),
    ...guarded(props, keptTags(props)),
  };
}

// Terraform takes tags that are not named for tags to remove; those of a bucket that was there before are not its to remove.
function keptTags({ importExisting, tags }: EncryptedBucketProps): TerraformResourceLifecycle {
  return importExisting === true && tags === undefined ? { ignoreChanges: ["tags", "tags_all"] } : {};
}
