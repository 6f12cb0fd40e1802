import {
  type DeclaredBucket,
  isEncryptedBucket,
  isNamedBucket,
  isSealedBucket,
  type SealedBucket,
} from "../../bucket/named-bucket.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { isWhole, literal } from "../../values.js";
import { inSameStack, instanceProblems } from "../for-each.js";
import { locksObjects } from "../object-lock.js";
import type { Replication } from "./replication-rule.js";

export function problemsOf(rule: Replication, bucket: DeclaredBucket): string[] {
  const { props, storage } = bucket;
  const destination: unknown = rule.destination;
  if (!isNamedBucket(destination) || !isSealedBucket(destination)) {
    return [
      `replication.destination is ${isNamedBucket(destination) ? "a bucket" : JSON.stringify(destination)}, which is not known to encrypt by default; give an EncryptedBucket, or a BucketEncryption for one that exists`,
    ];
  }
  return [
    ...placeProblems(destination, bucket),
    ...instanceProblems("replication.destination", bucket.bucket.forEach, destination, bucket),
    ...versioningProblems(bucket, destination),
    ...lockProblems(bucket, destination),
    ...ruleProblems(rule, destination, storage),
    ...roleProblems(rule, storage),
    ...keyProblems(rule, props.kmsKey),
  ];
}

function placeProblems(destination: SealedBucket, bucket: DeclaredBucket): string[] {
  const { store } = bucket.storage;
  const ownName = literal(bucket.props.bucketName);
  const there = destination.storage.store;
  if (there.id !== store.id) {
    return [`replication cannot go from ${store.name} to ${there.name}; replicate to a bucket of the same store`];
  }
  const isItself = destination === bucket || (ownName !== undefined && ownName === destination.bucketName);
  if (isItself) return ["replication cannot go into the bucket itself; give another destination"];
  return isBetweenStacks(destination, bucket)
    ? [
        `replication goes both ways between stacks, so neither can be deployed before the other; declare this bucket and "${destination.node.path}" in one stack, each with an ObjectStorageProvider of its own`,
      ]
    : [];
}

function versioningProblems(bucket: DeclaredBucket, destination: SealedBucket): string[] {
  const unversioned = [
    ...(isVersioned(bucket) ? [] : ["this bucket"]),
    // The versioning of a bucket that is managed elsewhere is unknown.
    ...(isEncryptedBucket(destination) && !isVersioned(destination) ? ["the destination"] : []),
  ];
  return unversioned.map((which) => `replication needs versions at both ends; give ${which} versioning: "enabled"`);
}

function isVersioned({ props }: DeclaredBucket): boolean {
  return props.versioning === "enabled";
}

// The lock of a bucket that is managed elsewhere is unknown.
function lockProblems({ props, storage: { store } }: DeclaredBucket, destination: SealedBucket): string[] {
  if (!isEncryptedBucket(destination)) return [];
  const [here, there] = [locksObjects(props), locksObjects(destination.props)];
  const { value, source } = store.replication.intoLocked;
  return [
    ...(here && !there
      ? ["replication keeps the locks of this bucket's objects; give the destination objectLock: true"]
      : []),
    ...(there && !here && value === "unsupported"
      ? [
          `replication on ${store.name} goes into a bucket with Object Lock only from another one that has it (${source}); give this bucket objectLock: true`,
        ]
      : []),
  ];
}

function ruleProblems(replication: Replication, destination: SealedBucket, storage: ObjectStorageProvider): string[] {
  const { tags = {}, deleteMarkers, storageClass, id, priority } = replication;
  return [
    ...(id !== undefined && (id.length < 1 || id.length > 255)
      ? [`replication.id has 1 to 255 characters, but this one has ${id.length}`]
      : []),
    ...(priority !== undefined && !isWhole(priority, 0)
      ? [`replication.priority ${priority} cannot be used; give a whole number from 0`]
      : []),
    ...(deleteMarkers && Object.keys(tags).length > 0
      ? [
          "replication.deleteMarkers cannot be combined with replication.tags, because delete markers have none; leave one out",
        ]
      : []),
    ...(storageClass === undefined ? [] : storageClassProblems(storageClass, destination, storage)),
  ];
}

function storageClassProblems(asked: string, destination: SealedBucket, { store }: ObjectStorageProvider): string[] {
  const { value, source } = store.replication.storageClasses;
  const ofTheStore = destination.storage.store;
  const hasItsOwn = value === "undocumented" && ofTheStore.lifecycle.transitionClasses.value === "own";
  const known = value === "undocumented" ? ofTheStore.storageClasses.value.map(({ name }) => name) : value;
  if (literal(asked) === undefined || hasItsOwn || known.includes(asked)) return [];
  const from = value === "undocumented" ? ofTheStore.storageClasses.source : source;
  return [
    `replication.storageClass "${asked}" is not a storage class of replicas on ${store.name} (${from}); choose one of ${known.join(", ")}`,
  ];
}

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

function roleProblems({ role }: Replication, { store }: ObjectStorageProvider): string[] {
  const { value, source } = store.replication.role;
  if (value === "own" && role !== undefined) {
    return [
      `replication.role is not used on ${store.name}, which replicates with rights of its own (${source}); leave it out`,
    ];
  }
  if (value === "required" && role === undefined) {
    return [`replication.role is missing; give the ARN of a role that ${store.name} replicates with (${source})`];
  }
  return literal(role) !== undefined && !ROLE.test(String(role))
    ? [
        `replication.role "${role}" is not a role; give its ARN (arn:aws:iam::ACCOUNT:role/NAME), whose account has 12 digits`,
      ]
    : [];
}

function keyProblems(replication: Replication, kmsKey: string | undefined): string[] {
  if (kmsKey === undefined) {
    return replication.replicaKmsKey === undefined
      ? []
      : ["replication.replicaKmsKey has no effect if this bucket has no kmsKey; leave it out"];
  }
  const key = replicaKey(replication);
  if (key === undefined) {
    return [
      "replication.replicaKmsKey is missing: this bucket has a kmsKey and the destination none; give the ARN of a key",
    ];
  }
  return literal(key) !== undefined && !key.startsWith("arn:")
    ? [`replication needs the ARN of the replicas' KMS key, not "${key}"; give it as replication.replicaKmsKey`]
    : [];
}

/** Whether two buckets of different stacks replicate into each other. */
export function isBetweenStacks(destination: SealedBucket, bucket: DeclaredBucket): destination is DeclaredBucket {
  return (
    isEncryptedBucket(destination) &&
    !inSameStack(bucket, destination) &&
    destination.replicationRules.some((rule) => rule.destination === bucket)
  );
}

/** The key for replicas: the given one, or that of the destination. */
export function replicaKey({ destination, replicaKmsKey }: Replication): string | undefined {
  if (replicaKmsKey !== undefined || !isNamedBucket(destination) || !isEncryptedBucket(destination))
    return replicaKmsKey;
  return destination.props.kmsKey;
}
