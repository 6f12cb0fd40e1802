import type { S3BucketLifecycleConfigurationRuleFilter } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { defined } from "../../defined.js";
import type { LifecycleRule } from "./lifecycle-rule.js";

/** S3 wants the one criterion by itself, and several together in an `and`. */
export function ruleFilter({ prefix, tags = {}, ...rule }: LifecycleRule): S3BucketLifecycleConfigurationRuleFilter {
  const criteria = defined({
    prefix: prefix || undefined,
    objectSizeGreaterThan: rule.objectSizeGreaterThanBytes,
    objectSizeLessThan: rule.objectSizeLessThanBytes,
  });
  const [tag, ...furtherTags] = Object.entries(tags);
  if (tag === undefined && Object.keys(criteria).length < 2) return criteria;
  if (tag !== undefined && furtherTags.length === 0 && Object.keys(criteria).length === 0) {
    return { tag: [{ key: tag[0], value: tag[1] }] };
  }
  return { and: [{ ...criteria, ...(tag === undefined ? {} : { tags: { ...tags } }) }] };
}
