import type { SealedBucket } from "../../bucket/named-bucket.js";
import { flag, given, number, objectOf, text, textMap } from "../../checked-props.js";

export interface Replication {
  /** Where to, in the same store. It has to encrypt by default in this app: an EncryptedBucket or a BucketEncryption. */
  readonly destination: SealedBucket;
  /** @default "replication", and from the second rule of a bucket on "replication-2" and so forth */
  readonly id?: string;
  /**
   * Which of several rules with one destination is for an object that both select: the one with the higher number.
   * @default - the rule's place among those of the bucket, from 1
   */
  readonly priority?: number;
  /**
   * The ARN of the role that Amazon S3 replicates with, the same for all rules of a bucket.
   * @default - none; needed on Amazon S3, while OVHcloud acts by itself
   */
  readonly role?: string;
  /**
   * Replicates what has keys that begin with it.
   * @default - all
   */
  readonly prefix?: string;
  /**
   * Replicates what has all these tags.
   * @default - all
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * The storage class of replicas, by the name it has on the wire.
   * @default - that of the original
   */
  readonly storageClass?: string;
  /**
   * Deletes at the destination too what is deleted here without naming a version; does not go with `tags`.
   * @default false
   */
  readonly deleteMarkers?: boolean;
  /**
   * The ARN of the KMS key that encrypts replicas, where this bucket has a `kmsKey`.
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
