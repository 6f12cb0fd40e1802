import type { SealedBucket } from "../../bucket/named-bucket.js";
import { flag, given, number, objectOf, text, textMap } from "../../checked-props.js";

export interface Replication {
  /**
   * The bucket that receives the replicas, in the same store. This app must declare its default
   * encryption: an EncryptedBucket or a BucketEncryption.
   */
  readonly destination: SealedBucket;
  /**
   * 1 to 255 characters, unique within the bucket.
   * @default "replication", and "replication-2" and so on from the second rule
   */
  readonly id?: string;
  /**
   * If several rules with one destination select an object, the rule with the highest number
   * applies. A whole number from 0.
   * @default - the position of the rule in the bucket, from 1
   */
  readonly priority?: number;
  /**
   * The ARN of the role that Amazon S3 uses for replication, the same for all rules of a bucket.
   * @default - none; Amazon S3 requires it, and OVHcloud does not accept it
   */
  readonly role?: string;
  /**
   * Replicates objects whose keys start with it.
   * @default - all
   */
  readonly prefix?: string;
  /**
   * Replicates objects that have all these tags.
   * @default - all
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * The storage class of replicas, by its S3 name.
   * @default - the class of the original
   */
  readonly storageClass?: string;
  /**
   * Also replicates deletions that name no version. Cannot be used with `tags`.
   * @default false
   */
  readonly deleteMarkers?: boolean;
  /**
   * The ARN of the KMS key that encrypts replicas, if this bucket has a `kmsKey`.
   * @default - the `kmsKey` of the destination
   */
  readonly replicaKmsKey?: string;
}

export const replicationRule = objectOf<Replication>({
  destination: given("an EncryptedBucket or a BucketEncryption"),
  id: text().optional(),
  priority: number().optional(),
  role: text().optional(),
  prefix: text().optional(),
  tags: textMap().optional(),
  storageClass: text().optional(),
  deleteMarkers: flag().optional(),
  replicaKmsKey: text().optional(),
});

export function ruleId({ id }: Replication, index: number): string {
  return id ?? (index === 0 ? "replication" : `replication-${index + 1}`);
}

export function rulePriority({ priority }: Replication, index: number): number {
  return priority ?? index + 1;
}
