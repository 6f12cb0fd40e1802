import type { IConstruct } from "constructs";
import { isEncryptedBucket, isNamedBucket, isSealedBucket } from "../bucket/kinds-of-bucket.js";
import type { SealedBucket } from "../bucket/named-bucket.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { type ForEachProps, instanceProblems } from "./for-each.js";
import type { KmsKeyProps } from "./kms-key.js";
import { literal } from "./literal.js";
import { locksObjects, type ObjectLockProps } from "./object-lock.js";
import { type Replication, type ReplicationProps, replicaKey } from "./replication.js";
import { supportProblems } from "./support-problems.js";
import type { VersioningProps } from "./versioning.js";
import { wayOut } from "./way-out.js";

type Props = ReplicationProps &
  ForEachProps &
  KmsKeyProps &
  ObjectLockProps &
  VersioningProps & { readonly bucketName?: string };

/** What keeps the store from replicating, or from taking the rule at all. */
export function replicationProblems(props: Props, storage: ObjectStorageProvider, scope: IConstruct): string[] {
  const { replication } = props;
  if (replication === undefined) return [];
  const lacking = [...supportProblems("replication", "replication", storage), ...undeclarable(storage)];
  if (lacking.length > 0) return lacking;
  const destination: unknown = replication.destination;
  if (!isNamedBucket(destination) || !isSealedBucket(destination)) {
    return [
      `replication.destination is ${isNamedBucket(destination) ? "a bucket" : JSON.stringify(destination)} of which this app does not know that it encrypts; give an EncryptedBucket, or a BucketEncryption for one that exists`,
    ];
  }
  return [
    ...placeProblems(destination, storage, literal(props.bucketName)),
    ...instanceProblems("replication.destination", props.forEach, destination, scope),
    ...versioningProblems(props, destination),
    ...lockProblems(props, destination, storage),
    ...ruleProblems(replication, destination, storage),
    ...roleProblems(replication, storage),
    ...keyProblems(replication, props.kmsKey),
  ];
}

function undeclarable(storage: ObjectStorageProvider): string[] {
  const { value, source } = storage.store.replication.declarable;
  return value === "unsupported"
    ? [
        `replication cannot be used on ${storage.store.name}, whose rules Terraform's AWS provider cannot write (${source}): ${wayOut("replication", storage)}`,
      ]
    : [];
}

function placeProblems(
  destination: SealedBucket,
  { store }: ObjectStorageProvider,
  ownName: string | undefined,
): string[] {
  const there = destination.storage.store;
  if (there.id !== store.id) {
    return [`replication cannot go from ${store.name} to ${there.name}; replicate to a bucket of the same store`];
  }
  return ownName !== undefined && ownName === destination.bucketName
    ? ["replication cannot go into the bucket itself; give another destination"]
    : [];
}

function versioningProblems(props: Props, destination: SealedBucket): string[] {
  const unversioned = [
    ...(isVersioned(props) ? [] : ["this bucket"]),
    // Of a bucket that is managed elsewhere nobody knows.
    ...(isEncryptedBucket(destination) && !isVersioned(destination.props) ? ["the destination"] : []),
  ];
  return unversioned.map((which) => `replication needs versions at both ends; give ${which} versioning: "enabled"`);
}

function isVersioned({ versioning }: VersioningProps): boolean {
  return versioning === "enabled";
}

// Of a bucket that is managed elsewhere nobody knows.
function lockProblems(props: Props, destination: SealedBucket, { store }: ObjectStorageProvider): string[] {
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
  const { tags = {}, deleteMarkers, storageClass } = replication;
  return [
    ...(deleteMarkers && Object.keys(tags).length > 0
      ? ["replication.deleteMarkers does not go with replication.tags, since delete markers have none; leave one out"]
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
    `replication.storageClass "${asked}" is no class of replicas on ${store.name} (${from}); choose one of ${known.join(", ")}`,
  ];
}

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

function roleProblems({ role }: Replication, { store }: ObjectStorageProvider): string[] {
  const { value, source } = store.replication.role;
  if (value === "own" && role !== undefined) {
    return [`replication.role is not for ${store.name}, which acts by itself (${source}); leave it out`];
  }
  if (value === "required" && role === undefined) {
    return [`replication.role is missing; give the ARN of a role that ${store.name} replicates with (${source})`];
  }
  return literal(role) !== undefined && !ROLE.test(String(role))
    ? [
        `replication.role "${role}" is no role; give its ARN (arn:aws:iam::ACCOUNT:role/NAME), whose account has 12 digits`,
      ]
    : [];
}

function keyProblems(replication: Replication, kmsKey: string | undefined): string[] {
  if (kmsKey === undefined) {
    return replication.replicaKmsKey === undefined
      ? []
      : ["replication.replicaKmsKey means nothing where this bucket has no kmsKey; leave it out"];
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
