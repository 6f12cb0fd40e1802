import { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { BUCKET_TYPES, bucketOf } from "./bucket.js";
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
  const written = record(stackOverrides(stack).resource) ?? {};
  const addresses = BUCKET_TYPES.flatMap((type) =>
    Object.keys(record(written[type]) ?? {}).map((id) => `${type}.${id}`),
  );
  if (addresses.length === 0) return [];
  const constructs = stack.node.findAll().filter(TerraformResource.isTerraformResource);
  const declared = new Set(constructs.map((each) => `${each.terraformResourceType}.${each.friendlyUniqueId}`));
  return addresses
    .filter((address) => !declared.has(address))
    .map((address) => ({ kind: "written-by-override", construct: stack, address }));
}
