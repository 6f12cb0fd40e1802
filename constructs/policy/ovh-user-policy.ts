import { type BucketUse, ovhUserPolicyActions, rightsFor } from "../../providers/index.js";
import type { NamedBucket } from "../bucket/named-bucket.js";
import { isNamedBucket } from "../bucket/named-bucket.js";
import { choice, type Fields, given, list, requireValid, text } from "../checked-props.js";
import { rightsStatements, userPolicy } from "./rights-policy.js";

export interface OvhUserPolicyProps {
  /** `audit` and `migrate`: the rights of bucketseal's commands; `read` and `read-write`: those of an application. */
  readonly use: BucketUse;
  /** The buckets: constructs of this library, or names. */
  readonly buckets: readonly (NamedBucket | string)[];
  /**
   * Allows that in keys that begin with it alone. The bucket itself can be listed as a whole all the same.
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
 * The policy of an OVHcloud user as the JSON that `ovh_cloud_project_user_s3_policy` and the Control Panel take: OVHcloud has no bucket
 * policies. It names no action but those that OVHcloud lists for user policies
 * (https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage/s3_identity_and_access_management/guide.en-gb.md).
 * It allows and denies nothing: the owner of a bucket has all rights without it, and is not limited by it.
 * @throws if a property cannot be used; one message names all that is wrong
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
    throw new Error(`ovhUserPolicy cannot be used: buckets holds ${JSON.stringify(bucket)}; give a bucket or its name`);
  }
  const { id, name } = bucket.storage.store;
  if (id !== "ovhcloud") {
    throw new Error(
      `ovhUserPolicy cannot be used: a bucket of ${name} is no bucket of OVHcloud; give one of OVHcloud, or its name`,
    );
  }
  return bucket.bucketName;
}
