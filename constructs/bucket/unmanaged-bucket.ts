import { TerraformElement } from "cdktf";
import { Construct } from "constructs";
import { BUCKET_PARTS } from "../features/features.js";

/**
 * Put in the place of an `EncryptedBucket` or a `BucketEncryption`, under the same id, it takes the bucket out of Terraform's hands: the next
 * `cdktf deploy` forgets it and destroys nothing of it. After that it can go from the code too. Needs Terraform 1.7.
 *
 * Without it, deleting the construct deletes the guard of `removal: "retain"` along with it: Terraform takes away the encryption default
 * first, and then fails to delete a bucket that is not empty.
 */
export class UnmanagedBucket extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ForgottenResource(this, "bucket", "aws_s3_bucket");
    for (const part of BUCKET_PARTS) new ForgottenResource(this, part.id, part.type);
  }
}

/** A `removed` block, which CDKTF has no construct for. It has the id, and so the address, of the resource that was there. */
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
