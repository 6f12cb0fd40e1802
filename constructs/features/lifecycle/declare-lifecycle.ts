import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import type { ITerraformDependable } from "cdktf";
import { defined } from "../../defined.js";
import { type BucketParts, partOf } from "../bucket-parts.js";
import { isKnownLater } from "../literal.js";
import { effectiveRules } from "./effective-rules.js";
import { hasOwnResource } from "./has-own-resource.js";
import type { LifecycleProps } from "./lifecycle-props.js";
import type { LifecycleRule, LifecycleTransition, NoncurrentVersionTransition } from "./lifecycle-rule.js";
import { ruleFilter } from "./rule-filter.js";

/** The rules as a resource of their own, where the store suits it; elsewhere they are part of the bucket: see `inlineRules`. */
export function declareLifecycle(
  { scope, storage, bucket }: BucketParts,
  props: LifecycleProps,
  after: readonly (ITerraformDependable | undefined)[],
): S3BucketLifecycleConfiguration | undefined {
  const rules = effectiveRules(props, storage.store);
  if (rules === undefined || !hasOwnResource(storage.store)) return undefined;
  return new S3BucketLifecycleConfiguration(scope, "lifecycle", {
    ...partOf({ storage, bucket }),
    rule: rules.map(asTerraform),
    dependsOn: after.filter((each) => each !== undefined),
  });
}

function asTerraform(rule: LifecycleRule): S3BucketLifecycleConfigurationRule {
  const { id, enabled = true, transitions = [], noncurrentVersionTransitions = [] } = rule;
  return {
    id,
    status: enabled ? "Enabled" : "Disabled",
    filter: [ruleFilter(rule)],
    ...expiration(rule),
    ...noncurrentVersionExpiration(rule),
    ...(rule.abortIncompleteMultipartUploadDays === undefined
      ? {}
      : { abortIncompleteMultipartUpload: [{ daysAfterInitiation: rule.abortIncompleteMultipartUploadDays }] }),
    ...(transitions.length === 0 ? {} : { transition: transitions.map(transition) }),
    ...(noncurrentVersionTransitions.length === 0
      ? {}
      : { noncurrentVersionTransition: noncurrentVersionTransitions.map(noncurrentVersionTransition) }),
  };
}

function expiration({ expirationDays, expirationDate, expiredObjectDeleteMarker }: LifecycleRule) {
  const when = defined({
    days: expirationDays,
    date: expirationDate === undefined ? undefined : midnight(expirationDate),
    expiredObjectDeleteMarker: expiredObjectDeleteMarker || undefined,
  });
  return Object.keys(when).length === 0 ? {} : { expiration: [when] };
}

function noncurrentVersionExpiration(rule: LifecycleRule) {
  const { noncurrentVersionExpirationDays: noncurrentDays, newerNoncurrentVersions } = rule;
  if (noncurrentDays === undefined) return {};
  return { noncurrentVersionExpiration: [{ noncurrentDays, ...defined({ newerNoncurrentVersions }) }] };
}

function transition({ storageClass, days, date }: LifecycleTransition) {
  return { storageClass, ...defined({ days, date: date === undefined ? undefined : midnight(date) }) };
}

function noncurrentVersionTransition(transition: NoncurrentVersionTransition) {
  const { storageClass, noncurrentDays, newerNoncurrentVersions } = transition;
  return { storageClass, noncurrentDays, ...defined({ newerNoncurrentVersions }) };
}

function midnight(date: string): string {
  return isKnownLater(date) ? date : `${date}T00:00:00Z`;
}
