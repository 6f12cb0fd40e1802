import { TerraformElement } from "cdktf";
import { Construct } from "constructs";
import { checkedProps, type Fields, storageField, text } from "../checked-props.js";
import { BUCKET_PARTS } from "../features/features.js";
import { bucketArn } from "../policy/policy-statement.js";
import { type ObjectStorageProvider, storageOf } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import type { NamedBucket } from "./named-bucket.js";

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

export interface BucketReferenceProps {
  /**
   * The store and region of the bucket.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}

export const bucketReferenceFields = { storage: storageField().optional() } satisfies Fields<BucketReferenceProps>;

/**
 * A bucket that this app does not manage, by name and place. It declares nothing, and says nothing
 * about the bucket's encryption.
 */
export class BucketReference extends Construct implements NamedBucket {
  public readonly storage: ObjectStorageProvider;
  public readonly bucketName: string;

  /** @throws if no `storage` is given and the stack has no ObjectStorageProvider or several */
  constructor(scope: Construct, id: string, bucketName: string, props: BucketReferenceProps = {}) {
    super(scope, id);
    this.bucketName = bucketName;
    const { usable, problems } = checkedProps(
      { bucketName, ...props },
      { bucketName: text(), ...bucketReferenceFields },
    );
    this.storage = usable.storage ?? storageOf(this);
    this.node.addValidation({ validate: () => [...problems, ...bucketNameProblems(usable.bucketName, this.storage)] });
  }

  get bucketArn(): string {
    return bucketArn(this.bucketName, this.storage);
  }
}
