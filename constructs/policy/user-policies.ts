import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import { type BucketUse, ovhUserPolicyActions, rightsFor, testObjectPrefixes } from "../../providers/index.js";
import { isNamedBucket, type NamedBucket } from "../bucket/named-bucket.js";
import { choice, type Fields, given, list, requireValid, text } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { isKnownLater } from "../values.js";
import { keepPolicyVariables } from "./policy-statement.js";

export interface OvhUserPolicyProps {
  /**
   * `audit` and `migrate`: the rights of bucketseal's commands; `read` and `read-write`: those of
   * an application.
   */
  readonly use: BucketUse;
  /** The buckets: constructs of this library, or names. At least one. */
  readonly buckets: readonly (NamedBucket | string)[];
  /**
   * Allows access only to keys that start with it. The whole bucket can still be listed.
   * @default - all objects
   */
  readonly prefix?: string;
}

const fields = {
  use: choice(Object.keys(rightsFor)),
  buckets: list(given("a bucket or its name")),
  prefix: text().optional(),
} satisfies Fields<OvhUserPolicyProps>;

/**
 * The policy of an OVHcloud user, as the JSON that `ovh_cloud_project_user_s3_policy` and the
 * Control Panel accept. OVHcloud has no bucket policies. The policy names only actions that
 * OVHcloud lists for user policies
 * (https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage/s3_identity_and_access_management/guide.en-gb.md).
 * It does not limit the owner of a bucket, who has all rights without it.
 * @throws if a property is invalid; one message names all problems
 */
export function ovhUserPolicy(props: OvhUserPolicyProps): string {
  requireValid("ovhUserPolicy", props, fields);
  const { use, buckets, prefix = "" } = props;
  const names = buckets.map(nameOf);
  if (names.length === 0) throw new Error("ovhUserPolicy cannot be used: buckets is empty; give at least one");
  const { bucket, object } = ovhUserPolicyActions.value;
  const known = new Set([...bucket, ...object]);
  const scopes = names.map((name) => ({ arn: `arn:aws:s3:::${name}`, prefix }));
  return userPolicy({ Statement: rightsStatements(use, scopes, (action) => known.has(action)) });
}

function nameOf(bucket: NamedBucket | string): string {
  if (typeof bucket === "string") return bucket;
  if (!isNamedBucket(bucket)) {
    throw new Error(
      `ovhUserPolicy cannot be used: buckets contains ${JSON.stringify(bucket)}; give a bucket or its name`,
    );
  }
  const { id, name } = bucket.storage.store;
  if (id !== "ovhcloud") {
    throw new Error(
      `ovhUserPolicy cannot be used: a bucket of ${name} is not a bucket of OVHcloud; give one of OVHcloud, or its name`,
    );
  }
  return bucket.bucketName;
}

const KEY_ACTIONS: Readonly<Record<BucketUse, readonly string[]>> = {
  audit: [],
  read: ["kms:Decrypt"],
  "read-write": ["kms:Decrypt", "kms:GenerateDataKey"],
  // The last two: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html
  migrate: ["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:ReEncrypt*"],
};

/**
 * An IAM policy as JSON for one use of one bucket, with the rights on its KMS key if its ARN is
 * known.
 */
export function iamPolicy(construct: IConstruct, use: BucketUse, scope: Scope, kmsKey: string | undefined): string {
  const Action = KEY_ACTIONS[use];
  const isArn = kmsKey !== undefined && (isKnownLater(kmsKey) || kmsKey.startsWith("arn:"));
  if (kmsKey !== undefined && !isArn && Action.length > 0) {
    Annotations.of(construct).addWarning(
      `the rights on the kmsKey "${kmsKey}" are not in the policy, because IAM names keys by their ARN; give its ARN, or allow ${Action.join(", ")} yourself`,
    );
  }
  const ofKey = { Effect: "Allow", Action, Resource: [kmsKey] };
  // Without sids: Terraform refuses to join documents whose statements have the same sid.
  const ofBucket = rightsStatements(use, [scope]).map(({ Sid, ...statement }) => statement);
  const statements = [...ofBucket, ...(isArn && Action.length > 0 ? [ofKey] : [])];
  return userPolicy({ Version: "2012-10-17", Statement: statements });
}

/**
 * Only Amazon has IAM. Other stores have another form of user policies, or accept the document and
 * ignore it.
 */
export function grantProblems(method: string, { store }: ObjectStorageProvider): string[] {
  if (store.id === "aws" || store.id === "generic") return [];
  const instead =
    store.id === "ovhcloud"
      ? "give the user the policy that ovhUserPolicy makes"
      : `give the rights by ${store.name}'s own means`;
  return [`${method} makes a policy for Amazon's IAM, which ${store.name} does not have; ${instead}`];
}

/** A bucket by ARN, and the objects in it. */
interface Scope {
  readonly arn: string;
  /** The key prefix of the objects; empty for all. */
  readonly prefix: string;
}

interface UserStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** The statements that allow a use of buckets, limited to the actions that `isKnown` accepts. */
function rightsStatements(
  use: BucketUse,
  scopes: readonly Scope[],
  isKnown: (action: string) => boolean = () => true,
): UserStatement[] {
  const { bucket, objects, testObjects } = rightsFor[use];
  const statement = (Sid: string, actions: readonly string[], Resource: readonly string[]): UserStatement => ({
    Sid,
    Effect: "Allow",
    Action: actions.filter(isKnown),
    Resource,
  });
  const all = [
    statement(
      "TheBucketItself",
      bucket,
      scopes.map(({ arn }) => arn),
    ),
    statement(
      "ItsObjects",
      objects,
      scopes.map(({ arn, prefix }) => `${arn}/${prefix}*`),
    ),
    statement(
      "OnlyItsTestObjects",
      testObjects,
      scopes.flatMap(({ arn, prefix }) => testObjectPrefixes.map((each) => `${arn}/${prefix}${each}*`)),
    ),
  ];
  return all.filter(({ Action }) => Action.length > 0);
}

/** A policy of a user or a role as JSON. References stay references. */
function userPolicy(document: { readonly Version?: string; readonly Statement: readonly object[] }): string {
  return keepPolicyVariables(JSON.stringify(document));
}
