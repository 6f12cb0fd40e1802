import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration/index.js";
import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** Whether what is declared at or below `bucket` locks every new object. */
export function hasDefaultRetention(bucket: IConstruct): boolean {
  return bucket.node.findAll().some((node) => isLockConfiguration(node) && node.ruleInput !== undefined);
}

// By resource type and not by class: an app can hold two copies of the bindings.
function isLockConfiguration(node: IConstruct): node is S3BucketObjectLockConfigurationA {
  return (
    TerraformResource.isTerraformResource(node) &&
    node.terraformResourceType === S3BucketObjectLockConfigurationA.tfResourceType
  );
}
