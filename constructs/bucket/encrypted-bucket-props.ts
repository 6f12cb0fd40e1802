import type { S3BucketConfig } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { TerraformResourceLifecycle } from "cdktf";
import { type Fields, text } from "../checked-props.js";
import { type FeatureProps, featureFields } from "../features/features.js";
import { inlineRules } from "../features/lifecycle/declare-lifecycle.js";
import { withPreventDestroy } from "../features/lifetime.js";
import { locksObjects } from "../features/object-lock.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { defined } from "../values.js";
import { bucketReferenceFields } from "./unmanaged-bucket.js";

export interface EncryptedBucketProps extends FeatureProps {
  /**
   * The bucket's name. Synth checks it against the rules of the store.
   * @default - Terraform generates a name
   */
  readonly bucketName?: string;
  /**
   * The store and region of the bucket.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}

export const encryptedBucketFields = {
  bucketName: text().optional(),
  ...bucketReferenceFields,
  ...featureFields,
} satisfies Fields<EncryptedBucketProps>;

/**
 * An imported bucket keeps the settings that no property names. The defaults of these would
 * overwrite them.
 */
const LEFT_AS_FOUND = {
  abortIncompleteMultipartUploadDays: false,
  blockPublicAccess: false,
  ownership: false,
} as const satisfies EncryptedBucketProps;

/** The props, with the values that they imply. */
export function resolvedProps(given: EncryptedBucketProps): EncryptedBucketProps {
  const props = given.importExisting === true ? { ...LEFT_AS_FOUND, ...defined(given) } : given;
  return locksObjects(props) && props.versioning === undefined ? { ...props, versioning: "enabled" } : props;
}

/** The arguments of the `aws_s3_bucket` itself. All other settings are resources of their own. */
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
    ...withPreventDestroy(props, keptTags(props)),
  };
}

// Terraform removes tags that it is not told of, and the tags of an imported bucket are not
// Terraform's to remove.
function keptTags({ importExisting, tags }: EncryptedBucketProps): TerraformResourceLifecycle {
  return importExisting === true && tags === undefined ? { ignoreChanges: ["tags", "tags_all"] } : {};
}
