import { TerraformElement } from "cdktf";
import { Construct } from "constructs";

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
    for (const [part, resourceType] of Object.entries(BUCKET_PARTS)) new ForgottenResource(this, part, resourceType);
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

/**
 * The resources of an EncryptedBucket by their ids within it. State hangs on these: another id is another address, and Terraform would
 * destroy what stands at the old one.
 */
export const BUCKET_PARTS = {
  bucket: "aws_s3_bucket",
  encryption: "aws_s3_bucket_server_side_encryption_configuration",
  versioning: "aws_s3_bucket_versioning",
  "object-lock": "aws_s3_bucket_object_lock_configuration",
  lifecycle: "aws_s3_bucket_lifecycle_configuration",
  cors: "aws_s3_bucket_cors_configuration",
  website: "aws_s3_bucket_website_configuration",
  policy: "aws_s3_bucket_policy",
  "public-access": "aws_s3_bucket_public_access_block",
  ownership: "aws_s3_bucket_ownership_controls",
  "access-logs": "aws_s3_bucket_logging",
  "log-delivery": "aws_s3_bucket_acl",
  replication: "aws_s3_bucket_replication_configuration",
} as const satisfies Readonly<Record<string, string>>;
