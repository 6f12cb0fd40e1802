import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketResource } from "./bucket-resource.js";
import { keepPolicyVariables } from "./keep-policy-variables.js";
import type { PolicyStatement } from "./policy-statement.js";

/** The policy of a bucket as JSON, in which references stay references. */
export function renderPolicy(
  statements: readonly PolicyStatement[],
  bucketName: string,
  storage: ObjectStorageProvider,
): string {
  const bucket = bucketResource(bucketName, storage);
  const Statement = statements.map(({ sid, effect, principals, actions, resources, conditions }) => ({
    Sid: sid,
    Effect: effect,
    Principal: principals,
    Action: oneOrMany(actions),
    Resource: oneOrMany(resources ?? [bucket, `${bucket}/*`]),
    Condition: conditions,
  }));
  const { version } = storage.store.bucketPolicies;
  return keepPolicyVariables(JSON.stringify({ Version: version.value, Statement }));
}

/** A list of one as the one, which is how policies are usually written, and all that moto_server finds log delivery by. */
function oneOrMany(list: readonly string[]): string | readonly string[] | undefined {
  return list.length === 1 ? list[0] : list;
}
