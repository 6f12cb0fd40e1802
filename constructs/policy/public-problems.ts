import type { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import type { AskedStatement } from "./asked-statement.js";
import { opensToEverybody } from "./opens-to-everybody.js";

const REJECTED = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html";

/** Statements for which the store refuses the whole policy; one with conditions may be none that it takes for public. */
export function publicProblems(
  asked: readonly AskedStatement[],
  publicAccess: S3BucketPublicAccessBlock | undefined,
): string[] {
  if (publicAccess?.blockPublicPolicyInput !== true) return [];
  return asked
    .filter(({ statement }) => opensToEverybody(statement) && Object.keys(statement.conditions ?? {}).length === 0)
    .map(
      ({ askedBy }) =>
        `${askedBy} opens the bucket to everybody, and blockPublicAccess refuses such a policy (${REJECTED}); name whom it is for, or give blockPublicAccess: { blockPublicPolicy: false, restrictPublicBuckets: false }`,
    );
}
