import { ref, TerraformOutput, type TerraformResource, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { type BucketTarget, type BucketTargets, bucketTargetPrefix } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

type NamedResource = TerraformResource & { readonly bucket: string };

/**
 * Publishes a bucket as a Terraform output of the shape `BucketTarget`, which depends on `after`.
 * With `forEach` the output has the shape `BucketTargets` and lists all buckets. If no name is
 * given, the output refers to the name of the first of `after`.
 */
export function publishTarget(
  scope: Construct,
  bucket: string | undefined,
  storage: ObjectStorageProvider,
  after: readonly [named: NamedResource, ...others: TerraformResource[]],
): TerraformOutput {
  const target: BucketTarget | BucketTargets = {
    bucketseal: 1,
    ...namesOf(bucket, after[0]),
    endpoint: storage.endpoint,
    region: storage.region,
    provider: storage.store.id,
  };
  const output = new TerraformOutput(scope, "target", { value: target });
  // The output's own dependsOn writes "${...}", which Terraform refuses here.
  const addresses = after.map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`);
  output.addOverride("depends_on", addresses);
  output.overrideLogicalId(bucketTargetPrefix + nameInStack(scope));
  return output;
}

function namesOf(bucket: string | undefined, named: NamedResource): { bucket: string } | { buckets: string } {
  if (named.forEach === undefined) return { bucket: bucket ?? named.bucket };
  const { cdktfStack, terraformResourceType: type, friendlyUniqueId: id } = named;
  return { buckets: Token.asString(ref(`{ for key, one in ${type}.${id} : key => one.bucket }`, cdktfStack)) };
}

// Two paths can read alike once "/" is replaced, so every id but a plain one ends with part of its
// address.
function nameInStack(scope: Construct): string {
  const path = scope.node.scopes.slice(TerraformStack.of(scope).node.scopes.length).map(({ node }) => node.id);
  const name = path.join("_").replaceAll(/[^A-Za-z0-9_-]/g, "_");
  return path.length === 1 && name === path[0] ? name : `${name}_${scope.node.addr.slice(-8)}`;
}
