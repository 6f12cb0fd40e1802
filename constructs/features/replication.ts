import {
  S3BucketReplicationConfigurationA,
  type S3BucketReplicationConfigurationRule,
  type S3BucketReplicationConfigurationRuleFilter,
} from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js";
import type { ITerraformDependable } from "cdktf";
import { isEncryptedBucket, isNamedBucket } from "../bucket/kinds-of-bucket.js";
import type { SealedBucket } from "../bucket/named-bucket.js";
import { type Fields, flag, given, objectOf, text, textMap } from "../checked-props.js";
import { bucketArn } from "../policy/bucket-arn.js";
import { type BucketParts, partOf } from "./bucket-parts.js";
import { inSameStack } from "./in-same-stack.js";
import type { KmsKeyProps } from "./kms-key.js";

export interface Replication {
  /** Where to, in the same store. It has to encrypt by default in this app: an EncryptedBucket or a BucketEncryption. */
  readonly destination: SealedBucket;
  /**
   * The ARN of the role that Amazon S3 replicates with.
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
   * Copies new objects, as they are written, into another bucket. Both have to be versioned.
   * @default - none
   */
  readonly replication?: Replication;
}

const replication = objectOf<Replication>({
  destination: given("an EncryptedBucket or a BucketEncryption"),
  role: text().optional(),
  prefix: text().optional(),
  tags: textMap().optional(),
  storageClass: text().optional(),
  deleteMarkers: flag().optional(),
  replicaKmsKey: text().optional(),
});

export const replicationFields = { replication: replication.optional() } satisfies Fields<ReplicationProps>;

export function declareReplication(
  { scope, storage, bucket }: BucketParts,
  { replication, kmsKey }: ReplicationProps & KmsKeyProps,
  versioning: ITerraformDependable | undefined,
): S3BucketReplicationConfigurationA | undefined {
  if (replication === undefined) return undefined;
  const { destination, role = "" } = replication;
  const there =
    isNamedBucket(destination) && isEncryptedBucket(destination) && inSameStack(scope, destination)
      ? destination.versioning
      : undefined;
  return new S3BucketReplicationConfigurationA(scope, "replication", {
    ...partOf({ storage, bucket }),
    role,
    rule: [ruleOf(replication, storage, kmsKey)],
    dependsOn: [versioning, there].filter((each) => each !== undefined),
    // A store that acts by itself may name a role of its own when it is asked.
    ...(storage.store.replication.role.value === "own" ? { lifecycle: { ignoreChanges: ["role"] } } : {}),
  });
}

function ruleOf(
  replication: Replication,
  storage: BucketParts["storage"],
  kmsKey: string | undefined,
): S3BucketReplicationConfigurationRule {
  const { destination, storageClass, deleteMarkers = false } = replication;
  const bucketName = isNamedBucket(destination) ? destination.bucketName : String(destination);
  const replicaKmsKeyId = kmsKey === undefined ? undefined : replicaKey(replication);
  return {
    id: "replication",
    priority: 1,
    status: "Enabled",
    filter: filterOf(replication),
    deleteMarkerReplication: { status: deleteMarkers ? "Enabled" : "Disabled" },
    ...(kmsKey === undefined ? {} : { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } } }),
    destination: {
      bucket: bucketArn(bucketName, storage),
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(replicaKmsKeyId === undefined ? {} : { encryptionConfiguration: { replicaKmsKeyId } }),
    },
  };
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
