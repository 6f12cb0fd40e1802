import {
  S3BucketServerSideEncryptionConfigurationA,
  type S3BucketServerSideEncryptionConfigurationRuleA,
} from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { Construct } from "constructs";
import type { ForEachProps } from "../features/for-each.js";
import type { KmsKeyProps } from "../features/kms-key.js";
import { guarded, type RemovalProps } from "../features/removal.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** Declares what `bucket` does with objects that come without a header of their own: SSE-S3 (`AES256`), or SSE-KMS with a key. */
export function encryptionDefault(
  scope: Construct,
  bucket: string,
  storage: ObjectStorageProvider,
  props: ForEachProps & KmsKeyProps & RemovalProps = {},
): S3BucketServerSideEncryptionConfigurationA {
  refuseStoreWithoutDefaults(scope, storage);
  return new S3BucketServerSideEncryptionConfigurationA(scope, "encryption", {
    provider: storage.aws,
    bucket,
    ...(props.forEach === undefined ? {} : { forEach: props.forEach }),
    rule: [rule(props)],
    ...guarded(props),
  });
}

function rule({ kmsKey, bucketKey = true }: KmsKeyProps): S3BucketServerSideEncryptionConfigurationRuleA {
  return kmsKey === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKey },
        bucketKeyEnabled: bucketKey,
      };
}

function refuseStoreWithoutDefaults(scope: Construct, { store }: ObjectStorageProvider): void {
  const { value, source } = store.subResources.encryption;
  if (value !== "unsupported") return;
  const wayOut =
    store.encryption.atRest.value === "always"
      ? "it encrypts every object by itself, so declare a plain S3Bucket there"
      : "use a store that has server-side encryption";
  throw new Error(
    `"${scope.node.path}" cannot be declared: ${store.name} has no default encryption of buckets (${source}); ${wayOut}`,
  );
}
