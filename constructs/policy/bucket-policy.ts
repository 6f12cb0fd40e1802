import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { type ITerraformDependable, Lazy } from "cdktf";
import { type BucketParts, partOf } from "../features/bucket-parts.js";
import { attributeOf } from "../features/for-each.js";
import type { AskedStatement } from "./asked-statement.js";
import { holdsReferenceList } from "./holds-reference-list.js";
import { renderPolicy } from "./render-policy.js";

/** The one policy of a bucket, which is there from its first statement on. */
export interface BucketPolicy {
  readonly asked: readonly AskedStatement[];
  readonly resource: S3BucketPolicy | undefined;
  add(...asked: readonly AskedStatement[]): void;
}

/** `after`: what has to be in place before the policy is. */
export function bucketPolicy({ scope, storage, bucket }: BucketParts, after: ITerraformDependable[]): BucketPolicy {
  const asked: AskedStatement[] = [];
  let resource: S3BucketPolicy | undefined;
  const produce = () => {
    // One that synth refuses is left out, or the error of resolving it would come before the refusal.
    const statements = asked.map(({ statement }) => statement).filter((statement) => !holdsReferenceList(statement));
    return renderPolicy(statements, attributeOf(bucket, "bucket"), storage);
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
      resource ??= new S3BucketPolicy(scope, "policy", {
        ...partOf({ storage, bucket }),
        policy,
        dependsOn: after,
      });
    },
  };
}
