import {
  S3BucketServerSideEncryptionConfigurationA,
  type S3BucketServerSideEncryptionConfigurationRuleA,
} from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { Construct } from "constructs";
import type { Fact, ProviderProfile, Support } from "../../providers/index.js";
import type { SealedBucket } from "../bucket/named-bucket.js";
import { type Fields, flag, text } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { isKnownLater } from "../values.js";
import type { Feature } from "./feature.js";
import type { ForEachProps } from "./for-each.js";
import { type RemovalProps, withPreventDestroy } from "./lifetime.js";

export interface KmsKeyProps {
  /**
   * The KMS key that encrypts by default: its ARN, its ID, its alias (`alias/invoices`), or a
   * reference. Amazon S3 only. `bucketseal migrate` skips objects under such a key, and seals
   * plaintext with SSE-S3.
   * @default - none: SSE-S3 (`AES256`), with keys of the store
   */
  readonly kmsKey?: string;
  /**
   * Whether Amazon S3 asks KMS for one key for the whole bucket from time to time (an S3 Bucket
   * Key), instead of one for each object.
   * @default true with a `kmsKey`; without one there is no bucket key
   */
  readonly bucketKey?: boolean;
}

export const kmsKeyFields = { kmsKey: text().optional(), bucketKey: flag().optional() } satisfies Fields<KmsKeyProps>;

export const kmsKey: Feature<KmsKeyProps> = {
  fields: kmsKeyFields,
  parts: [
    {
      id: "encryption",
      type: "aws_s3_bucket_server_side_encryption_configuration",
      inline: ["serverSideEncryptionConfiguration"],
      setting: "encryption default",
    },
  ],
  problems: kmsKeyProblems,
};

const KEY = /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+|alias\/.+|(mrk-)?[0-9a-f-]{32,36})$/;

export function kmsKeyProblems({ kmsKey, bucketKey }: KmsKeyProps, storage: ObjectStorageProvider): string[] {
  if (kmsKey === undefined) {
    return bucketKey === undefined ? [] : ["bucketKey has no effect without a kmsKey; leave it out, or give the key"];
  }
  if (storage.store.id !== "aws") return [elsewhere(storage.store)];
  return isKnownLater(kmsKey) || KEY.test(kmsKey)
    ? []
    : [
        `kmsKey "${kmsKey}" is not a KMS key; give its ARN (arn:aws:kms:REGION:ACCOUNT:key/ID), its id, or its alias (alias/NAME)`,
      ];
}

const SSE_KMS: Readonly<Record<Support, string>> = {
  supported: "whose SSE-KMS uses keys of another kind",
  unsupported: "which has no SSE-KMS",
  undocumented: "whose SSE-KMS is not documented",
};

function elsewhere({ name, encryption: { sseKms, sseC } }: ProviderProfile): string {
  const ownKeys =
    sseC.value === "supported" ? `; clients with keys of their own can send those (SSE-C${source(sseC)})` : "";
  return `kmsKey cannot be used on ${name}, ${SSE_KMS[sseKms.value]}${source(sseKms)}: leave it out, and the bucket encrypts with keys of the store (SSE-S3)${ownKeys}`;
}

function source({ value, source }: Fact<Support>): string {
  return value === "undocumented" ? "" : ` (${source})`;
}

/**
 * Declares how `bucket` encrypts objects that arrive without an encryption header.
 * @throws if the store has no default encryption
 */
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
    ...withPreventDestroy(props),
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

/** The algorithm in the default encryption of a bucket; undefined if it is a reference. */
export function defaultAlgorithm({ encryption: { ruleInput } }: SealedBucket): string | undefined {
  return Array.isArray(ruleInput) ? ruleInput[0]?.applyServerSideEncryptionByDefault?.sseAlgorithm : undefined;
}
