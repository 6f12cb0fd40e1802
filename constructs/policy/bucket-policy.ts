import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { type ITerraformDependable, Lazy } from "cdktf";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { partOf } from "../features/for-each.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import {
  type AskedStatement,
  bucketResource,
  holdsReferenceList,
  keepPolicyVariables,
  type PolicyStatement,
} from "./policy-statement.js";

/** The one policy of a bucket. The resource is created with the first statement. */
export interface BucketPolicy {
  readonly asked: readonly AskedStatement[];
  readonly resource: S3BucketPolicy | undefined;
  add(...asked: readonly AskedStatement[]): void;
}

/** `after` lists the resources that the policy depends on. */
export function bucketPolicy(bucket: DeclaredBucket, after: ITerraformDependable[]): BucketPolicy {
  const asked: AskedStatement[] = [];
  let resource: S3BucketPolicy | undefined;
  const produce = () => {
    // Resolving a statement that synth refuses would fail before the refusal, so it is left out.
    const statements = asked.map(({ statement }) => statement).filter((statement) => !holdsReferenceList(statement));
    return renderPolicy(statements, bucket.bucketName, bucket.storage);
  };
  return {
    asked,
    get resource() {
      return resource;
    },
    add(...more) {
      asked.push(...more);
      if (asked.length === 0) return;
      // Rendered at synth, since statements can be added until then.
      const policy = Lazy.stringValue({ produce });
      resource ??= new S3BucketPolicy(bucket, "policy", {
        ...partOf(bucket),
        policy,
        dependsOn: after,
      });
    },
  };
}

/** The policy of a bucket as JSON. References stay references. */
function renderPolicy(
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

/**
 * A list of one becomes its only entry, as policies are usually written. moto_server recognises log
 * delivery only in this form.
 */
function oneOrMany(list: readonly string[]): string | readonly string[] | undefined {
  return list.length === 1 ? list[0] : list;
}
