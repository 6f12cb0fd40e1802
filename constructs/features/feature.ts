import type { TerraformResource } from "cdktf";
import type { BucketSubResource } from "../../providers/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import type { Fields } from "../checked-props.js";
import type { AskedStatement } from "../policy/policy-statement.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** A Terraform resource of an EncryptedBucket, which manages one setting of the bucket as a whole. */
export interface BucketPart {
  /** Its id within the construct. State hangs on it: with another id Terraform would destroy the resource at the old address. */
  readonly id: string;
  readonly type: string;
  /** The setting in words, as in "CORS rules". */
  readonly setting: string;
  /** How an EncryptedBucket leaves the setting to another owner; undefined if it never does. */
  readonly left?: string;
  /** The arguments of an `aws_s3_bucket` that carry the same setting: the older way of the AWS provider. */
  readonly inline?: readonly string[];
}

/**
 * Properties of an EncryptedBucket that belong together: what they accept, what they need of the store, what they refuse and what
 * they declare. `Resource` is what the property of that name holds on the bucket; `Read` are all properties that the functions read.
 */
export interface Feature<Props, Resource extends TerraformResource = never, Read = Props> {
  readonly fields: Fields<Props>;
  /** The sub-resource that a property needs: synth warns if no document says whether the store has it. */
  readonly needs?: Readonly<Partial<Record<keyof Props, BucketSubResource>>>;
  readonly parts?: readonly BucketPart[];
  readonly problems?: (props: Read, storage: ObjectStorageProvider, bucket: DeclaredBucket) => string[];
  readonly warnings?: (props: Read, storage: ObjectStorageProvider) => string[];
  readonly declare?: (props: Read, bucket: DeclaredBucket) => Resource | undefined;
  /** Statements for the bucket policy, which is made once all that `declare` makes is there. */
  readonly statements?: (props: Read, bucket: DeclaredBucket) => AskedStatement[];
  /** Declares what ties the bucket to another one, once its own policy is there. */
  readonly connect?: (props: Read, bucket: DeclaredBucket) => Resource | undefined;
}
