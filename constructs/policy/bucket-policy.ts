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

/** The one policy of a bucket, which is there from its first statement on. */
export interface BucketPolicy {
  readonly asked: readonly AskedStatement[];
  readonly resource: S3BucketPolicy | undefined;
  add(...asked: readonly AskedStatement[]): void;
}

/** `after`: what has to be in place before the policy is. */
export function bucketPolicy(bucket: DeclaredBucket, after: ITerraformDependable[]): BucketPolicy {
  const asked: AskedStatement[] = [];
  let resource: S3BucketPolicy | undefined;
  const produce = () => {
    // One that synth refuses is left out, or the error of resolving it would come before the refusal.
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
      // Rendered at synth, since statements may come until then.
      const policy = Lazy.stringValue({ produce });
      resource ??= new S3BucketPolicy(bucket, "policy", {
        ...partOf(bucket),
        policy,
        dependsOn: after,
      });
    },
  };
}

/** The policy of a bucket as JSON, in which references stay references. */
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

/** A list of one as the one, which is how policies are usually written, and all that moto_server finds log delivery by. */
function oneOrMany(list: readonly string[]): string | readonly string[] | undefined {
  return list.length === 1 ? list[0] : list;
}
