import type { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import type { LifecycleFeature, ProviderProfile } from "../../../providers/index.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { isWhole, repeated } from "../../values.js";
import type { Feature } from "../feature.js";
import { supportProblems } from "../store-support.js";
import type { VersioningProps } from "../versioning.js";
import { declareLifecycle } from "./declare-lifecycle.js";
import {
  abortsEverywhere,
  effectiveRules,
  hasOwnResource,
  type LifecycleProps,
  type LifecycleRule,
  lifecycleFields,
} from "./lifecycle-rule.js";
import { ruleProblems } from "./rule-problems.js";

export const lifecycle: Feature<LifecycleProps, S3BucketLifecycleConfiguration, LifecycleProps & VersioningProps> = {
  fields: lifecycleFields,
  needs: { lifecycleRules: "lifecycle", abortIncompleteMultipartUploadDays: "lifecycle" },
  parts: [
    {
      id: "lifecycle",
      type: "aws_s3_bucket_lifecycle_configuration",
      inline: ["lifecycleRule"],
      setting: "lifecycle rules",
      left: "give abortIncompleteMultipartUploadDays: false and no lifecycleRules",
    },
  ],
  problems: lifecycleProblems,
  warnings: suspensionWarnings,
  declare: declareLifecycle,
};

const MAX_RULES = 1000;

export function lifecycleProblems(props: LifecycleProps & VersioningProps, storage: ObjectStorageProvider): string[] {
  const { lifecycleRules = [], abortIncompleteMultipartUploadDays: days } = props;
  const asked = lifecycleRules.length > 0 ? "lifecycleRules" : "abortIncompleteMultipartUploadDays";
  const anything = lifecycleRules.length > 0 || (days !== undefined && days !== false);
  const lacking = anything ? supportProblems(asked, "lifecycle", storage) : [];
  if (lacking.length > 0) return lacking;
  const rules = effectiveRules(props, storage.store) ?? [];
  return [
    ...abortProblems(props),
    ...suspendedProblems(props, asked, storage),
    ...countProblems(rules),
    ...lifecycleRules.flatMap((rule) => ruleProblems(rule, storage)),
    ...rules.flatMap((rule) => featureProblems(rule, storage)),
  ];
}

function abortProblems({ lifecycleRules = [], abortIncompleteMultipartUploadDays: days }: LifecycleProps): string[] {
  if (days === undefined || days === false) return [];
  return [
    ...(isWhole(days, 1)
      ? []
      : [
          `abortIncompleteMultipartUploadDays ${days} cannot be used; give a whole number from 1, or false for no such rule`,
        ]),
    ...(abortsEverywhere(lifecycleRules)
      ? [
          "abortIncompleteMultipartUploadDays repeats one of lifecycleRules that covers the whole bucket; leave one of the two out",
        ]
      : []),
  ];
}

function countProblems(rules: readonly LifecycleRule[]): string[] {
  const ids = rules.map(({ id }) => id);
  return [
    ...(rules.length > MAX_RULES ? [`the bucket has ${rules.length} lifecycle rules; ${MAX_RULES} are allowed`] : []),
    ...repeated(ids).map((id) => `lifecycle rule "${id}" is declared twice; give each rule an id of its own`),
  ];
}

function suspendedProblems(
  props: LifecycleProps & VersioningProps,
  asked: string,
  { store }: ObjectStorageProvider,
): string[] {
  const { value, source } = store.lifecycle.whileSuspended;
  const refused = props.versioning === "suspended" && value === "unsupported";
  return refused && effectiveRules(props, store) !== undefined
    ? [
        `${asked} cannot be used while versioning is "suspended": ${store.name} accepts no lifecycle rules then (${source}); leave them out, or enable versioning`,
      ]
    : [];
}

interface Use {
  /** The property of the rule. */
  readonly property: string;
  readonly feature: LifecycleFeature;
  readonly used: boolean;
  /** Terraform's bucket has no such argument. */
  readonly needsOwnResource?: true;
}

/** The parts of a rule that the store does not support, or that Terraform cannot write there. */
function featureProblems(rule: LifecycleRule, { store }: ObjectStorageProvider): string[] {
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
    ? `Terraform's AWS provider writes it with a resource that waits until the rules are read back as written, which does not happen (${source}); leave it out`
    : "Terraform's AWS provider writes it with a resource that waits for a header that only Amazon S3 sends (https://github.com/hashicorp/terraform-provider-aws/issues/49019); " +
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

/**
 * Some stores accept no lifecycle rules while versioning is suspended. Rules that a bucket already
 * has then block the change.
 */
function suspensionWarnings({ versioning }: VersioningProps, { store }: ObjectStorageProvider): string[] {
  const { value, source } = store.lifecycle.whileSuspended;
  if (versioning !== "suspended" || value !== "unsupported") return [];
  return [
    `versioning "suspended": ${store.name} accepts no lifecycle rules meanwhile (${source}); ` +
      "from a bucket that has rules, remove them first: aws s3api delete-bucket-lifecycle --bucket NAME",
  ];
}
