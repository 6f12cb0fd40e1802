import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { namesBucket } from "./names-bucket.js";

/** The buckets at or below `scope` that nothing in the app gives an encryption default. */
export function unencryptedBuckets(scope: IConstruct): IConstruct[] {
  return scope.node.findAll().filter(isUnencryptedBucket);
}

/** Whether `node` is a bucket, and nothing in the app gives it an encryption default. */
export function isUnencryptedBucket(node: IConstruct): boolean {
  if (!isBucket(node) || hasInlineDefault(node)) return false;
  const defaults = node.node.root.node.findAll().filter(isEncryptionDefault).filter(hasAlgorithm);
  return !defaults.some((each) => namesBucket(each, node));
}

// By resource type and not by class: an app can hold two copies of the bindings.
function isBucket(node: IConstruct): node is S3Bucket {
  return TerraformResource.isTerraformResource(node) && node.terraformResourceType === S3Bucket.tfResourceType;
}

function isEncryptionDefault(node: IConstruct): node is S3BucketServerSideEncryptionConfigurationA {
  return (
    TerraformResource.isTerraformResource(node) &&
    node.terraformResourceType === S3BucketServerSideEncryptionConfigurationA.tfResourceType
  );
}

function hasAlgorithm({ ruleInput }: S3BucketServerSideEncryptionConfigurationA): boolean {
  return Array.isArray(ruleInput)
    ? ruleInput.some((rule) => rule.applyServerSideEncryptionByDefault?.sseAlgorithm !== undefined)
    : ruleInput !== undefined;
}

function hasInlineDefault({ serverSideEncryptionConfigurationInput: inline }: S3Bucket): boolean {
  return inline?.rule.applyServerSideEncryptionByDefault.sseAlgorithm !== undefined;
}
