import type { S3BucketLifecycleRule } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { defined } from "../../defined.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { effectiveRules } from "./effective-rules.js";
import { hasOwnResource } from "./has-own-resource.js";
import type { LifecycleProps } from "./lifecycle-props.js";
import type { LifecycleRule } from "./lifecycle-rule.js";

/** The rules as part of the bucket, for stores that Terraform's resource for rules does not suit: see `hasOwnResource`. */
export function inlineRules(
  props: LifecycleProps,
  { store }: ObjectStorageProvider,
): { readonly lifecycleRule?: S3BucketLifecycleRule[] } {
  const rules = effectiveRules(props, store);
  return rules === undefined || hasOwnResource(store) ? {} : { lifecycleRule: rules.toSorted(byId).map(asTerraform) };
}

// Ceph answers rules in this order, and Terraform would find a change in every plan after another one.
function byId({ id: one }: LifecycleRule, { id: other }: LifecycleRule): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function asTerraform(rule: LifecycleRule): S3BucketLifecycleRule {
  const { id, enabled = true, prefix, tags, transitions = [], noncurrentVersionTransitions = [] } = rule;
  const { abortIncompleteMultipartUploadDays, noncurrentVersionExpirationDays } = rule;
  return {
    id,
    enabled,
    ...defined({ prefix: prefix || undefined, abortIncompleteMultipartUploadDays }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...expiration(rule),
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

function expiration({ expirationDays, expirationDate, expiredObjectDeleteMarker }: LifecycleRule) {
  const when = defined({
    days: expirationDays,
    date: expirationDate,
    expiredObjectDeleteMarker: expiredObjectDeleteMarker || undefined,
  });
  return Object.keys(when).length === 0 ? {} : { expiration: when };
}
