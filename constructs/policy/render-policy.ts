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
    Action: actions,
    Resource: resources ?? [bucket, `${bucket}/*`],
    Condition: conditions,
  }));
  const { version } = storage.store.bucketPolicies;
  return keepPolicyVariables(JSON.stringify({ Version: version.value, Statement }));
}
