import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { type Attributes, record } from "./resource-attributes.js";

const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"];

/** The resources of an app that give buckets an encryption default. */
export function encryptionDefaults(root: IConstruct): readonly TerraformResource[] {
  return root.node
    .findAll()
    .filter(TerraformResource.isTerraformResource)
    .filter(({ terraformResourceType: type }) => type === "aws_s3_bucket_server_side_encryption_configuration");
}

/** Whether rules, one or several, name an algorithm. Any that a variable may hold encrypts: Terraform refuses the others. */
export function haveAlgorithm(rules: unknown): boolean {
  return listed(rules).some((rule) =>
    listed(record(rule)?.apply_server_side_encryption_by_default).some((given) =>
      isAlgorithm(record(given)?.sse_algorithm),
    ),
  );
}

/** The rules of a default, also where a dynamic block makes them: the store refuses a default without any. */
export function rulesOf({ rule, dynamic }: Attributes): unknown {
  return rule ?? record(record(dynamic)?.rule)?.content;
}

function isAlgorithm(value: unknown): boolean {
  return typeof value === "string" && (ALGORITHMS.includes(value) || value.includes("${"));
}

/** Terraform's JSON takes one block as it is, or in a list. */
export function listed(blocks: unknown): readonly unknown[] {
  if (blocks === undefined || blocks === null) return [];
  return Array.isArray(blocks) ? blocks : [blocks];
}
