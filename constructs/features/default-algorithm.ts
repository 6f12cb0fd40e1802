import type { SealedBucket } from "../bucket/named-bucket.js";

/** The algorithm that the default encryption of a bucket names; undefined where that is a reference. */
export function defaultAlgorithm({ encryption: { ruleInput } }: SealedBucket): string | undefined {
  return Array.isArray(ruleInput) ? ruleInput[0]?.applyServerSideEncryptionByDefault?.sseAlgorithm : undefined;
}
