import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { AccessControlProps } from "./access-control.js";

const SWITCHED_OFF =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html";

/**
 * Lets a bucket on Amazon S3 take the customer keys that it requires: in buckets made since April 2026 they are switched off.
 * Terraform's AWS provider can say so from 6.22 on; with older bindings it is left to whoever reads the warning.
 */
export function allowCustomerKeys(
  bucket: IConstruct,
  { requireCustomerKeys }: AccessControlProps,
  { store, aws }: ObjectStorageProvider,
  encryption: S3BucketServerSideEncryptionConfigurationA,
): void {
  if (requireCustomerKeys !== true || store.id !== "aws") return;
  if (knowsBlockedTypes(aws.terraformGeneratorMetadata?.providerVersion)) {
    encryption.addOverride("rule.0.blocked_encryption_types", ["NONE"]);
    return;
  }
  Annotations.of(bucket).addWarning(
    `requireCustomerKeys: ${store.name} refuses customer keys in buckets made since April 2026, and these bindings of Terraform's AWS provider cannot switch them on; do so with put-bucket-encryption (${SWITCHED_OFF}), or use bindings of 6.22 or later`,
  );
}

function knowsBlockedTypes(version = ""): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 22);
}
