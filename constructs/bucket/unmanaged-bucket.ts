import { TerraformElement } from "cdktf";
import { Construct } from "constructs";
import { BUCKET_PARTS } from "../features/features.js";

/**
 * Takes a bucket out of Terraform's hands. Put it in place of an `EncryptedBucket` or a
 * `BucketEncryption`, under the same id: the next `cdktf deploy` forgets the bucket and destroys
 * nothing. Then you can remove it from the code too. Needs Terraform 1.7.
 *
 * If you delete the construct instead, the guard of `removal: "retain"` goes with it: Terraform
 * removes the default encryption first, and then fails to delete a bucket that is not empty.
 */
export class UnmanagedBucket extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ForgottenResource(this, "bucket", "aws_s3_bucket");
    for (const part of BUCKET_PARTS) new ForgottenResource(this, part.id, part.type);
  }
}

/**
 * A `removed` block, for which CDKTF has no construct. It has the id of the former resource, and so
 * its address.
 */
class ForgottenResource extends TerraformElement {
  readonly #resourceType: string;

  constructor(scope: Construct, id: string, resourceType: string) {
    super(scope, id);
    this.#resourceType = resourceType;
  }

  override toTerraform(): object {
    const from = `${this.#resourceType}.${this.friendlyUniqueId}`;
    return { removed: [{ from, lifecycle: { destroy: false } }] };
  }
}
