import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { type Attributes, attributesOf } from "./resource-attributes.js";

/** The resource types that make a bucket, and their argument for its name. Buckets that always encrypt, as directory buckets do, are none of them. */
const NAME_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_s3_bucket: "bucket",
  ovh_cloud_project_storage: "name",
};

/** The argument in which a resource names the bucket that it makes; undefined if it makes none. */
export function nameAttributeOf({ terraformResourceType }: TerraformResource): string | undefined {
  return NAME_ATTRIBUTES[terraformResourceType];
}

export const BUCKET_TYPES: readonly string[] = Object.keys(NAME_ATTRIBUTES);

/** A bucket that the app declares. */
export interface Bucket {
  readonly resource: TerraformResource;
  /** What synth writes of it. */
  readonly attributes: Attributes;
  readonly nameAttribute: string;
}

/** By resource type and not by class: an app can hold two copies of the bindings, or none. */
export function bucketOf(node: IConstruct): Bucket | undefined {
  if (!TerraformResource.isTerraformResource(node)) return undefined;
  const nameAttribute = nameAttributeOf(node);
  const attributes = nameAttribute === undefined ? undefined : attributesOf(node);
  return nameAttribute === undefined || attributes === undefined
    ? undefined
    : { resource: node, attributes, nameAttribute };
}
