import type { LifecycleFeature, ProviderProfile } from "../../../providers/index.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { hasOwnResource } from "./has-own-resource.js";
import type { LifecycleRule } from "./lifecycle-rule.js";

interface Use {
  /** The property of the rule. */
  readonly property: string;
  readonly feature: LifecycleFeature;
  readonly used: boolean;
  /** Terraform's bucket has no such argument. */
  readonly needsOwnResource?: true;
}

/** What a rule asks for that its store cannot do, or that Terraform cannot write there. */
export function featureProblems(rule: LifecycleRule, { store }: ObjectStorageProvider): string[] {
  return usesOf(rule)
    .filter(({ used }) => used)
    .flatMap(({ property, feature, needsOwnResource }) => {
      const { value, source } = store.lifecycle.features[feature];
      const at = `lifecycle rule "${rule.id}": ${property} cannot be used on ${store.name}`;
      if (value === "unsupported") return [`${at}, which does not do that (${source}): leave it out`];
      return needsOwnResource && !hasOwnResource(store) ? [`${at}: ${notWritten(store)}`] : [];
    });
}

function notWritten({ lifecycle }: ProviderProfile): string {
  const { value, source } = lifecycle.readAsWritten;
  return value === "unsupported"
    ? `Terraform's AWS provider writes it by a resource that waits until rules are read as they were written, and they are not (${source}); leave it out`
    : "Terraform's AWS provider writes it by a resource that waits for a header of Amazon S3 alone (https://github.com/hashicorp/terraform-provider-aws/issues/49019); " +
        "leave it out, or declare an S3BucketLifecycleConfiguration of your own as docs/constructs.md shows";
}

function usesOf(rule: LifecycleRule): readonly Use[] {
  const { transitions = [], noncurrentVersionTransitions = [] } = rule;
  const kept = noncurrentVersionTransitions.some(
    ({ newerNoncurrentVersions }) => newerNoncurrentVersions !== undefined,
  );
  return [
    use("expirationDays", "expiration", rule.expirationDays),
    use("expirationDate", "expiration", rule.expirationDate),
    use("expiredObjectDeleteMarker", "expired-delete-markers", rule.expiredObjectDeleteMarker || undefined),
    use("noncurrentVersionExpirationDays", "noncurrent-expiration", rule.noncurrentVersionExpirationDays),
    beyond("newerNoncurrentVersions", "newer-noncurrent-versions", rule.newerNoncurrentVersions),
    beyond("newerNoncurrentVersions of noncurrentVersionTransitions", "newer-noncurrent-versions", kept || undefined),
    use("abortIncompleteMultipartUploadDays", "abort-multipart-uploads", rule.abortIncompleteMultipartUploadDays),
    use("transitions", "transitions", transitions[0]),
    use("noncurrentVersionTransitions", "noncurrent-transitions", noncurrentVersionTransitions[0]),
    use("tags", "tag-filters", rule.tags),
    beyond("objectSizeGreaterThanBytes", "size-filters", rule.objectSizeGreaterThanBytes),
    beyond("objectSizeLessThanBytes", "size-filters", rule.objectSizeLessThanBytes),
  ];
}

function use(property: string, feature: LifecycleFeature, value: unknown): Use {
  return { property, feature, used: value !== undefined };
}

function beyond(property: string, feature: LifecycleFeature, value: unknown): Use {
  return { ...use(property, feature, value), needsOwnResource: true };
}
