import type { SealedBucket } from "../bucket/named-bucket.js";
import { choice, type Fields, list } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { AccessControlProps } from "./access-control.js";
import type { Feature } from "./feature.js";

export interface BlockedEncryptionTypesProps {
  /**
   * Whether Amazon S3 refuses customer keys (SSE-C) in the bucket: `["SSE-C"]` blocks them,
   * `["NONE"]` blocks nothing. Amazon S3 sets this by itself, and the AWS provider 6.22 to 6.39
   * reports it as a change in each plan until it is written down
   * (https://github.com/hashicorp/terraform-provider-aws/issues/47320). Needs bindings of 6.22 or
   * later.
   * @default - the bucket's current setting; `["NONE"]` with `requireCustomerKeys`
   */
  readonly blockedEncryptionTypes?: readonly ["SSE-C"] | readonly ["NONE"];
}

export const blockedEncryptionTypesFields = {
  blockedEncryptionTypes: list(choice(["SSE-C", "NONE"])).optional(),
} satisfies Fields<BlockedEncryptionTypesProps>;

const SWITCHED_OFF =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html";

type Props = BlockedEncryptionTypesProps & Pick<AccessControlProps, "requireCustomerKeys">;

export const blockedEncryptionTypes: Feature<BlockedEncryptionTypesProps, never, Props> = {
  fields: blockedEncryptionTypesFields,
  problems: blockedEncryptionTypesProblems,
  warnings: unwrittenWarnings,
};

/**
 * Writes into the bucket's default which encryption types Amazon S3 blocks. Amazon S3 disables
 * customer keys in buckets made since April 2026, so a bucket that requires them must enable them.
 * If the bindings cannot write this, `unwrittenWarnings` tells the user.
 */
export function blockEncryptionTypes(
  { blockedEncryptionTypes, requireCustomerKeys }: Props,
  { storage: { store, aws }, encryption }: SealedBucket,
): void {
  const asked = blockedEncryptionTypes ?? (requireCustomerKeys === true ? ["NONE"] : undefined);
  if (asked === undefined || store.id !== "aws" || !writesBlockedTypes(aws)) return;
  encryption.addOverride("rule.0.blocked_encryption_types", [...asked]);
}

function unwrittenWarnings({ requireCustomerKeys }: Props, { store, aws }: ObjectStorageProvider): string[] {
  if (requireCustomerKeys !== true || store.id !== "aws" || writesBlockedTypes(aws)) return [];
  return [
    `requireCustomerKeys: ${store.name} refuses customer keys in buckets made since April 2026, and these bindings of Terraform's AWS provider cannot switch them on; do so with put-bucket-encryption (${SWITCHED_OFF}), or use bindings of 6.22 or later`,
  ];
}

export function blockedEncryptionTypesProblems(
  { blockedEncryptionTypes: asked, requireCustomerKeys }: Props,
  { store, aws }: ObjectStorageProvider,
): string[] {
  if (asked === undefined) return [];
  const types: readonly string[] = asked;
  const version = aws.terraformGeneratorMetadata?.providerVersion;
  if (store.id !== "aws") {
    return [`blockedEncryptionTypes cannot be used on ${store.name}: it is a setting of Amazon S3 alone; leave it out`];
  }
  return [
    ...(writesBlockedTypes(aws)
      ? []
      : [
          `blockedEncryptionTypes cannot be written by bindings of the AWS provider ${version ?? "of an unknown version"}; use bindings of 6.22 or later (@cdktf/provider-aws 21.22), or leave it out`,
        ]),
    ...(types.length === 1 ? [] : [`blockedEncryptionTypes is ${JSON.stringify(types)}; give ["SSE-C"] or ["NONE"]`]),
    ...(requireCustomerKeys === true && types.includes("SSE-C")
      ? [
          'blockedEncryptionTypes blocks the customer keys that requireCustomerKeys wants; give ["NONE"], or leave it out',
        ]
      : []),
  ];
}

function writesBlockedTypes({ terraformGeneratorMetadata: made }: ObjectStorageProvider["aws"]): boolean {
  const [major = 0, minor = 0] = (made?.providerVersion ?? "").split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 22);
}
