import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { TerraformResource } from "cdktf";
import { instancesOf } from "./instances.js";
import { type Attributes, attributesOf } from "./resource-attributes.js";

const ID = "bucketseal-encryption";

/** Gives a bucket that has none the SSE-S3 default: in its own stack, through its own provider, for each of its instances. */
export function addDefault(bucket: TerraformResource): void {
  if (bucket.terraformResourceType === "ovh_cloud_project_storage") {
    bucket.addOverride("encryption.sse_algorithm", "AES256");
    return;
  }
  const attributes = attributesOf(bucket) ?? {};
  const { name, ...perInstance } = instanceArguments(`aws_s3_bucket.${bucket.friendlyUniqueId}`, attributes);
  const encryption = new S3BucketServerSideEncryptionConfigurationA(bucket, ID, {
    bucket: name,
    rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  const { provider, region } = attributes;
  for (const [argument, value] of Object.entries({ provider, region, ...perInstance })) {
    if (value !== undefined) encryption.addOverride(argument, value);
  }
}

/** The bucket's name as its default refers to it, chained to the bucket's own instances where it has several. */
function instanceArguments(address: string, attributes: Attributes): Attributes & { readonly name: string } {
  switch (instancesOf(attributes).kind) {
    case "one":
      return { name: `\${${address}.id}` };
    case "count":
      return { name: `\${${address}[count.index].id}`, count: `\${length(${address})}` };
    case "each":
      return { name: `\${each.value.id}`, for_each: `\${${address}}` };
  }
}
