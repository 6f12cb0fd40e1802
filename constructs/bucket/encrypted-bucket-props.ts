import type { S3BucketConfig } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { TerraformResourceLifecycle } from "cdktf";
import { type Fields, text } from "../checked-props.js";
import { type FeatureProps, featureFields } from "../features/features.js";
import { inlineRules } from "../features/lifecycle/declare-lifecycle.js";
import { withPreventDestroy } from "../features/lifetime.js";
import { locksObjects } from "../features/object-lock.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { defined } from "../values.js";
import { bucketReferenceFields } from "./bucket-reference.js";

export interface EncryptedBucketProps extends FeatureProps {
  /**
   * The bucket's name, checked at synth against the rules of the store.
   * @default - Terraform makes a name of its own
   */
  readonly bucketName?: string;
  /**
   * The store and region that the bucket lives in.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}

export const encryptedBucketFields = {
  bucketName: text().optional(),
  ...bucketReferenceFields,
  ...featureFields,
} satisfies Fields<EncryptedBucketProps>;

/** A bucket that existed before keeps what no property names: the defaults of these would be put over it. */
const LEFT_AS_FOUND = {
  abortIncompleteMultipartUploadDays: false,
  blockPublicAccess: false,
  ownership: false,
} as const satisfies EncryptedBucketProps;

/** The properties with what they imply. */
export function resolvedProps(given: EncryptedBucketProps): EncryptedBucketProps {
  const props = given.importExisting === true ? { ...LEFT_AS_FOUND, ...defined(given) } : given;
  return locksObjects(props) && props.versioning === undefined ? { ...props, versioning: "enabled" } : props;
}

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
    ...withPreventDestroy(props, keptTags(props)),
  };
}

// Terraform takes tags that are not named for tags to remove; those of a bucket that was there before are not its to remove.
function keptTags({ importExisting, tags }: EncryptedBucketProps): TerraformResourceLifecycle {
  return importExisting === true && tags === undefined ? { ignoreChanges: ["tags", "tags_all"] } : {};
}
