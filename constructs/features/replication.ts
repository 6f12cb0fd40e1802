import {
  S3BucketReplicationConfigurationA,
  type S3BucketReplicationConfigurationRule,
  type S3BucketReplicationConfigurationRuleFilter,
} from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js";
import { dependable, type ITerraformDependable } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { EncryptedBucket } from "../bucket/encrypted-bucket.js";
import { isEncryptedBucket, isNamedBucket } from "../bucket/kinds-of-bucket.js";
import type { SealedBucket } from "../bucket/named-bucket.js";
import { type Fields, flag, given, number, objectOf, oneOrMany, text, textMap } from "../checked-props.js";
import { bucketArn } from "../policy/bucket-arn.js";
import { type BucketParts, partOf } from "./bucket-parts.js";
import { inSameStack } from "./in-same-stack.js";
import type { KmsKeyProps } from "./kms-key.js";

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

export interface ReplicationProps {
  /**
   * Copies new objects, as they are written, into another bucket, or by several rules into several. All have to be versioned.
   * Two buckets that replicate into each other: the first is given its rule by `addReplication`, once the second is there.
   * @default - none
   */
  readonly replication?: Replication | readonly Replication[];
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

export const replicationFields = {
  replication: oneOrMany(replicationRule).optional(),
} satisfies Fields<ReplicationProps>;

export function replicationRules({ replication = [] }: ReplicationProps): readonly Replication[] {
  return [replication].flat();
}

/** The one replication configuration of a bucket, which is there from its first rule on. */
export interface BucketReplication {
  readonly asked: readonly Replication[];
  readonly resource: S3BucketReplicationConfigurationA | undefined;
  add(...rules: readonly Replication[]): void;
}

/** It refers to buckets and their versioning and nothing to it, so that two buckets can replicate into each other. */
export function bucketReplication(
  { scope, storage, bucket }: BucketParts,
  { kmsKey }: KmsKeyProps,
  versioning: ITerraformDependable | undefined,
): BucketReplication {
  const asked: Replication[] = [];
  let resource: S3BucketReplicationConfigurationA | undefined;
  return {
    asked,
    get resource() {
      return resource;
    },
    add(...more) {
      asked.push(...more);
      if (asked.length === 0) return;
      const rule = asked.map((each, index) => ({
        ...ruleOf(each, index, kmsKey),
        destination: destinationOf(each, scope, storage, kmsKey),
      }));
      const role = asked.find((each) => each.role !== undefined)?.role ?? "";
      const after = [versioning, ...asked.map((each) => versioningThere(each, scope))].filter(
        (each) => each !== undefined,
      );
      resource ??= new S3BucketReplicationConfigurationA(scope, "replication", {
        ...partOf({ storage, bucket }),
        role,
        rule,
        // A store that acts by itself may name a role of its own when it is asked.
        ...(storage.store.replication.role.value === "own" ? { lifecycle: { ignoreChanges: ["role"] } } : {}),
      });
      resource.role = role;
      resource.putRule(rule);
      resource.dependsOn = [...new Set(after.map(dependable))];
    },
  };
}

function versioningThere({ destination }: Replication, scope: Construct): ITerraformDependable | undefined {
  return isNamedBucket(destination) && isEncryptedBucket(destination) && inSameStack(scope, destination)
    ? destination.versioning
    : undefined;
}

export function ruleId({ id }: Replication, index: number): string {
  return id ?? (index === 0 ? "replication" : `replication-${index + 1}`);
}

export function rulePriority({ priority }: Replication, index: number): number {
  return priority ?? index + 1;
}

function ruleOf(
  replication: Replication,
  index: number,
  kmsKey: string | undefined,
): Omit<S3BucketReplicationConfigurationRule, "destination"> {
  const { deleteMarkers = false } = replication;
  return {
    id: ruleId(replication, index),
    priority: rulePriority(replication, index),
    status: "Enabled",
    filter: filterOf(replication),
    deleteMarkerReplication: { status: deleteMarkers ? "Enabled" : "Disabled" },
    ...(kmsKey === undefined ? {} : { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } } }),
  };
}

function destinationOf(
  replication: Replication,
  scope: Construct,
  storage: BucketParts["storage"],
  kmsKey: string | undefined,
): S3BucketReplicationConfigurationRule["destination"] {
  const { destination, storageClass } = replication;
  const replicaKmsKeyId = kmsKey === undefined ? undefined : replicaKey(replication);
  return {
    bucket: bucketArn(nameOf(destination, scope), storage),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(replicaKmsKeyId === undefined ? {} : { encryptionConfiguration: { replicaKmsKeyId } }),
  };
}

function nameOf(destination: SealedBucket, scope: Construct): string {
  if (!isNamedBucket(destination)) return String(destination);
  // References both ways would end the synth before it could say what is wrong with that.
  const name = isBetweenStacks(destination, scope) ? destination.props.bucketName : undefined;
  return name ?? destination.bucketName;
}

/** Whether two buckets of different stacks replicate into each other. */
export function isBetweenStacks(destination: SealedBucket, scope: IConstruct): destination is EncryptedBucket {
  return (
    isEncryptedBucket(destination) &&
    !inSameStack(scope, destination) &&
    destination.replicationRules.some((rule) => (rule.destination as unknown) === scope)
  );
}

/** The key for replicas: the one that was given, else that of the destination. */
export function replicaKey({ destination, replicaKmsKey }: Replication): string | undefined {
  if (replicaKmsKey !== undefined || !isNamedBucket(destination) || !isEncryptedBucket(destination))
    return replicaKmsKey;
  return destination.props.kmsKey;
}

function filterOf({ prefix = "", tags = {} }: Replication): S3BucketReplicationConfigurationRuleFilter {
  const [[key, value] = [], ...others] = Object.entries(tags);
  if (key === undefined || value === undefined) return { prefix };
  return prefix === "" && others.length === 0 ? { tag: { key, value } } : { and: { prefix, tags: { ...tags } } };
}
