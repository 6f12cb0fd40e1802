import type { S3BucketLifecycleRule } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
  type S3BucketLifecycleConfigurationRuleFilter,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import type { DeclaredBucket } from "../../bucket/named-bucket.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { defined, isKnownLater } from "../../values.js";
import { partOf } from "../for-each.js";
import {
  effectiveRules,
  hasOwnResource,
  type LifecycleProps,
  type LifecycleRule,
  type LifecycleTransition,
  type NoncurrentVersionTransition,
} from "./lifecycle-rule.js";

/**
 * Declares the rules as a resource, if the store supports it. Elsewhere they are part of the
 * bucket: see `inlineRules`.
 */
export function declareLifecycle(
  props: LifecycleProps,
  bucket: DeclaredBucket,
): S3BucketLifecycleConfiguration | undefined {
  const { storage, versioning } = bucket;
  const rules = effectiveRules(props, storage.store);
  if (rules === undefined || !hasOwnResource(storage.store)) return undefined;
  return new S3BucketLifecycleConfiguration(bucket, "lifecycle", {
    ...partOf(bucket),
    rule: rules.map(configurationRule),
    dependsOn: versioning === undefined ? [] : [versioning],
  });
}

function configurationRule(rule: LifecycleRule): S3BucketLifecycleConfigurationRule {
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

/** S3 expects a single criterion as it is, and several in an `and`. */
function ruleFilter({ prefix, tags = {}, ...rule }: LifecycleRule): S3BucketLifecycleConfigurationRuleFilter {
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

/**
 * The rules as part of the bucket, for stores where Terraform's resource for rules fails: see
 * `hasOwnResource`.
 */
export function inlineRules(
  props: LifecycleProps,
  { store }: ObjectStorageProvider,
): { readonly lifecycleRule?: S3BucketLifecycleRule[] } {
  const rules = effectiveRules(props, store);
  return rules === undefined || hasOwnResource(store) ? {} : { lifecycleRule: rules.toSorted(byId).map(inlineRule) };
}

// Ceph returns rules in this order. In another order Terraform finds a change in every plan.
function byId({ id: one }: LifecycleRule, { id: other }: LifecycleRule): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function inlineRule(rule: LifecycleRule): S3BucketLifecycleRule {
  const { id, enabled = true, prefix, tags, transitions = [], noncurrentVersionTransitions = [] } = rule;
  const { abortIncompleteMultipartUploadDays, noncurrentVersionExpirationDays } = rule;
  return {
    id,
    enabled,
    ...defined({ prefix: prefix || undefined, abortIncompleteMultipartUploadDays }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...inlineExpiration(rule),
    ...(noncurrentVersionExpirationDays === undefined
      ? {}
      : { noncurrentVersionExpiration: { days: noncurrentVersionExpirationDays } }),
    ...(transitions.length === 0
      ? {}
      : {
          transition: transitions.map(({ storageClass, days, date }) => ({ storageClass, ...defined({ days, date }) })),
        }),
    ...(noncurrentVersionTransitions.length === 0
      ? {}
      : {
          noncurrentVersionTransition: noncurrentVersionTransitions.map(({ storageClass, noncurrentDays }) => ({
            storageClass,
            days: noncurrentDays,
          })),
        }),
  };
}

function inlineExpiration({ expirationDays, expirationDate, expiredObjectDeleteMarker }: LifecycleRule) {
  const when = defined({
    days: expirationDays,
    date: expirationDate,
    expiredObjectDeleteMarker: expiredObjectDeleteMarker || undefined,
  });
  return Object.keys(when).length === 0 ? {} : { expiration: when };
}
