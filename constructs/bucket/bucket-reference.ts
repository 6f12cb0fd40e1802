import { Construct } from "constructs";
import { checkedProps, type Fields, storageField, text } from "../checked-props.js";
import { bucketArn } from "../policy/policy-statement.js";
import { type ObjectStorageProvider, storageOf } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import type { NamedBucket } from "./named-bucket.js";

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
