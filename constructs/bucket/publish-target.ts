import { TerraformOutput, type TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type BucketTarget, bucketTargetPrefix } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** Publishes a bucket as a Terraform output of the shape `BucketTarget`, readable once `after` are in place. */
export function publishTarget(
  scope: Construct,
  bucket: string,
  storage: ObjectStorageProvider,
  after: readonly TerraformResource[],
): TerraformOutput {
  const target: BucketTarget = {
    bucketseal: 1,
    bucket,
    endpoint: storage.endpoint,
    region: storage.region,
    provider: storage.store.id,
  };
  const output = new TerraformOutput(scope, "target", { value: target });
  // The output's own dependsOn writes "${...}", which Terraform refuses in this place.
  const addresses = after.map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`);
  output.addOverride("depends_on", addresses);
  output.overrideLogicalId(bucketTargetPrefix + nameInStack(scope));
  return output;
}

// Two paths can read the same once "/" is replaced, so all but a plain id carry the end of their address.
function nameInStack(scope: Construct): string {
  const path = scope.node.scopes.slice(TerraformStack.of(scope).node.scopes.length).map(({ node }) => node.id);
  const name = path.join("_").replaceAll(/[^A-Za-z0-9_-]/g, "_");
  return path.length === 1 && name === path[0] ? name : `${name}_${scope.node.addr.slice(-8)}`;
}
