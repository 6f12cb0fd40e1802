import type { Bucket } from "./bucket.js";
import { haveAlgorithm, listed } from "./encryption-defaults.js";
import { record } from "./resource-attributes.js";

/** What a bucket's own arguments say of its encryption by default. */
export type OwnEncryption = "given" | "none" | "unclear";

export function ownEncryption({ resource, attributes }: Bucket): OwnEncryption {
  return resource.terraformResourceType === "ovh_cloud_project_storage"
    ? ofOvhProvider(record(attributes.encryption)?.sse_algorithm)
    : inlineBlock(attributes.server_side_encryption_configuration, record(attributes.dynamic));
}

// The older way of the AWS provider, which its newer lines still take. A dynamic block can come to none at all.
function inlineBlock(block: unknown, dynamic: Readonly<Record<string, unknown>> | undefined): OwnEncryption {
  if (listed(block).some((each) => haveAlgorithm(record(each)?.rule))) return "given";
  return dynamic?.server_side_encryption_configuration === undefined ? "none" : "unclear";
}

// `plaintext` is the only other value: https://github.com/ovh/terraform-provider-ovh/blob/master/ovh/resource_cloud_project_storage_gen.go
function ofOvhProvider(algorithm: unknown): OwnEncryption {
  if (algorithm === "AES256") return "given";
  return typeof algorithm === "string" && algorithm.includes("${") ? "unclear" : "none";
}
