import {
  S3BucketReplicationConfigurationA,
  type S3BucketReplicationConfigurationRule,
  type S3BucketReplicationConfigurationRuleFilter,
} from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js";
import { dependable, type ITerraformDependable } from "cdktf";
import { type DeclaredBucket, isEncryptedBucket, isNamedBucket, type SealedBucket } from "../../bucket/named-bucket.js";
import { oneOrMany } from "../../checked-props.js";
import { bucketArn } from "../../policy/policy-statement.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { counted, repeated } from "../../values.js";
import type { Feature } from "../feature.js";
import { inSameStack, partOf } from "../for-each.js";
import { supportProblems, wayOut } from "../store-support.js";
import { type Replication, replicationRule, ruleId, rulePriority } from "./replication-rule.js";
import { isBetweenStacks, problemsOf, replicaKey } from "./rule-problems.js";

export interface ReplicationProps {
  /**
   * Copies new objects, as they are written, into another bucket, or with several rules into
   * several. Every bucket must be versioned. If two buckets replicate into each other, give the
   * first one its rule by `addReplication`, after the second is declared.
   * @default - none
   */
  readonly replication?: Replication | readonly Replication[];
}

/**
 * `addReplication` adds rules too, so the bucket itself keeps them: see `bucketReplication` and
 * `replicationProblems`.
 */
export const replication: Feature<ReplicationProps> = {
  fields: { replication: oneOrMany(replicationRule).optional() },
  needs: { replication: "replication" },
  parts: [
    {
      id: "replication",
      type: "aws_s3_bucket_replication_configuration",
      inline: ["replicationConfiguration"],
      setting: "replication",
      left: "leave replication out",
    },
  ],
};

export function replicationRules({ replication = [] }: ReplicationProps): readonly Replication[] {
  return [replication].flat();
}

/** The one replication configuration of a bucket. The resource is created with the first rule. */
export interface BucketReplication {
  readonly asked: readonly Replication[];
  readonly resource: S3BucketReplicationConfigurationA | undefined;
  add(...rules: readonly Replication[]): void;
}

/**
 * The resource refers to buckets and their versioning, and nothing refers to it, so two buckets can
 * replicate into each other.
 */
export function bucketReplication(bucket: DeclaredBucket): BucketReplication {
  const {
    storage,
    versioning,
    props: { kmsKey },
  } = bucket;
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
        destination: destinationOf(each, bucket),
      }));
      const role = asked.find((each) => each.role !== undefined)?.role ?? "";
      const after = [versioning, ...asked.map((each) => versioningThere(each, bucket))].filter(
        (each) => each !== undefined,
      );
      resource ??= new S3BucketReplicationConfigurationA(bucket, "replication", {
        ...partOf(bucket),
        role,
        rule,
        // A store that needs no role may return one of its own.
        ...(storage.store.replication.role.value === "own" ? { lifecycle: { ignoreChanges: ["role"] } } : {}),
      });
      resource.role = role;
      resource.putRule(rule);
      resource.dependsOn = [...new Set(after.map(dependable))];
    },
  };
}

function versioningThere({ destination }: Replication, bucket: DeclaredBucket): ITerraformDependable | undefined {
  return isNamedBucket(destination) && isEncryptedBucket(destination) && inSameStack(bucket, destination)
    ? destination.versioning
    : undefined;
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
  bucket: DeclaredBucket,
): S3BucketReplicationConfigurationRule["destination"] {
  const { destination, storageClass } = replication;
  const replicaKmsKeyId = bucket.props.kmsKey === undefined ? undefined : replicaKey(replication);
  return {
    bucket: bucketArn(nameOf(destination, bucket), bucket.storage),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(replicaKmsKeyId === undefined ? {} : { encryptionConfiguration: { replicaKmsKeyId } }),
  };
}

function nameOf(destination: SealedBucket, bucket: DeclaredBucket): string {
  if (!isNamedBucket(destination)) return String(destination);
  // References in both directions would end the synth before it could report the problem.
  const name = isBetweenStacks(destination, bucket) ? destination.props.bucketName : undefined;
  return name ?? destination.bucketName;
}

function filterOf({ prefix = "", tags = {} }: Replication): S3BucketReplicationConfigurationRuleFilter {
  const [[key, value] = [], ...others] = Object.entries(tags);
  if (key === undefined || value === undefined) return { prefix };
  return prefix === "" && others.length === 0 ? { tag: { key, value } } : { and: { prefix, tags: { ...tags } } };
}

/** All problems that keep the store from replicating, or from accepting the rules. */
export function replicationProblems(rules: readonly Replication[], bucket: DeclaredBucket): string[] {
  if (rules.length === 0) return [];
  const { storage } = bucket;
  const lacking = [...supportProblems("replication", "replication", storage), ...undeclarable(storage)];
  if (lacking.length > 0) return lacking;
  const problems = rules.map((rule) => problemsOf(rule, bucket));
  return [
    ...problems.flatMap((all, index) => (rules.length === 1 ? all : all.map((each) => ofRule(each, index)))),
    ...togetherProblems(rules),
  ];
}

function ofRule(problem: string, index: number): string {
  return problem.replace(/^replication\b/, `replication[${index}]`);
}

const MAX_RULES = 1000;

/** Combinations of rules that S3 refuses. */
function togetherProblems(rules: readonly Replication[]): string[] {
  const roles = new Set(rules.flatMap(({ role }) => role ?? []));
  return [
    ...(rules.length > MAX_RULES ? [`replication has ${counted(rules.length, "rule")}; ${MAX_RULES} are allowed`] : []),
    ...repeated(rules.map(ruleId)).map(
      (id) => `replication has two rules with the id "${id}"; give each an id of its own`,
    ),
    ...repeated(rules.map(rulePriority)).map(
      (priority) => `replication has two rules with the priority ${priority}; give each a priority of its own`,
    ),
    ...(roles.size > 1
      ? [`replication has ${roles.size} roles; a bucket has one for all its rules, so give the same everywhere`]
      : []),
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
