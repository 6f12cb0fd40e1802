import { TerraformElement, type TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { bucketOf } from "./bucket.js";
import { encryptionDefaults } from "./encryption-defaults.js";
import type { Finding } from "./finding.js";
import { judgeBucket } from "./judge-bucket.js";
import { record, stackOverrides } from "./resource-attributes.js";

/** What is wrong with one construct; `defaults` are those of the whole app, where a caller has them already. */
export function findingsOf(node: IConstruct, defaults?: readonly TerraformResource[]): Finding[] {
  if (TerraformStack.isStack(node)) return writtenByOverrides(node);
  if (isModule(node)) return [{ kind: "module", construct: node, source: node.source }];
  const bucket = bucketOf(node);
  const finding = bucket && judgeBucket(bucket, defaults ?? encryptionDefaults(node.node.root));
  return finding === undefined ? [] : [finding];
}

// CDKTF marks modules by their class alone, of which an app can hold two copies.
function isModule(node: IConstruct): node is TerraformElement & { readonly source: string } {
  return TerraformElement.isTerraformElement(node) && "interpolationForOutput" in node && "source" in node;
}

/** Buckets that stand in an override of the stack and are no construct. */
function writtenByOverrides(stack: TerraformStack): Finding[] {
  const buckets = record(record(stackOverrides(stack).resource)?.aws_s3_bucket) ?? {};
  const constructs = stack.node.findAll().filter(TerraformElement.isTerraformElement);
  const ids = new Set(constructs.map(({ friendlyUniqueId }) => friendlyUniqueId));
  return Object.keys(buckets)
    .filter((id) => !ids.has(id))
    .map((id) => ({ kind: "written-by-override", construct: stack, address: `aws_s3_bucket.${id}` }));
}
