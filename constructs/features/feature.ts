import type { TerraformResource } from "cdktf";
import type { BucketSubResource } from "../../providers/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import type { Fields } from "../checked-props.js";
import type { AskedStatement } from "../policy/policy-statement.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/**
 * A Terraform resource of an EncryptedBucket, which manages one setting of the bucket as a whole.
 */
export interface BucketPart {
  /**
   * The id within the construct. Terraform state hangs on it: with another id Terraform destroys
   * the resource at the old address.
   */
  readonly id: string;
  readonly type: string;
  /** The setting in words, as in "CORS rules". */
  readonly setting: string;
  /**
   * How to leave the setting to another owner; undefined if an EncryptedBucket always declares it.
   */
  readonly left?: string;
  /**
   * The arguments of an `aws_s3_bucket` that carry the same setting, in the older form of the AWS
   * provider.
   */
  readonly inline?: readonly string[];
}

/**
 * Properties of an EncryptedBucket that belong together, with their checks and resources.
 * `Resource` is the type of the bucket's property that holds the declared resource. `Read` has all
 * properties that the functions read.
 */
export interface Feature<Props, Resource extends TerraformResource = never, Read = Props> {
  readonly fields: Fields<Props>;
  /**
   * The sub-resource that each property needs. Synth warns if no document says whether the store
   * has it.
   */
  readonly needs?: Readonly<Partial<Record<keyof Props, BucketSubResource>>>;
  readonly parts?: readonly BucketPart[];
  readonly problems?: (props: Read, storage: ObjectStorageProvider, bucket: DeclaredBucket) => string[];
  readonly warnings?: (props: Read, storage: ObjectStorageProvider) => string[];
  readonly declare?: (props: Read, bucket: DeclaredBucket) => Resource | undefined;
  /** Statements for the bucket policy, which is created after all resources of `declare`. */
  readonly statements?: (props: Read, bucket: DeclaredBucket) => AskedStatement[];
  /** Declares a resource that ties the bucket to another one, after the bucket's own policy. */
  readonly connect?: (props: Read, bucket: DeclaredBucket) => Resource | undefined;
}
