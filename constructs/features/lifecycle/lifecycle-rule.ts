import type { ProviderProfile } from "../../../providers/index.js";
import { type Fields, flag, list, number, numberOrFalse, objectOf, text, textMap } from "../../checked-props.js";

/** Moves objects to another storage class, by days or by date. */
export interface LifecycleTransition {
  /** A storage class of the store, as in `STANDARD_IA`. */
  readonly storageClass: string;
  /** Days after an object was created. @default - `date` says when */
  readonly days?: number;
  /**
   * The day (UTC) from which all objects are moved, as in `2027-01-31`.
   * @default - `days` says when
   */
  readonly date?: string;
}

/** Moves noncurrent versions to another storage class. */
export interface NoncurrentVersionTransition {
  readonly storageClass: string;
  /** Days after a version became noncurrent. */
  readonly noncurrentDays: number;
  /** How many of the newest noncurrent versions stay where they are, 1 to 100. @default - none */
  readonly newerNoncurrentVersions?: number;
}

/**
 * One rule of a bucket's lifecycle configuration: which objects, and what happens to them. Without
 * a filter it covers all.
 */
export interface LifecycleRule {
  /** Unique within the bucket, 1 to 255 characters. */
  readonly id: string;
  /** @default true */
  readonly enabled?: boolean;
  /** The rule covers keys that start with it, at most 1024 bytes. @default - all */
  readonly prefix?: string;
  /** The rule covers objects that have all these tags, at most 10. @default - all */
  readonly tags?: Readonly<Record<string, string>>;
  /** The rule covers objects larger than this. @default - all */
  readonly objectSizeGreaterThanBytes?: number;
  /** The rule covers objects smaller than this. @default - all */
  readonly objectSizeLessThanBytes?: number;
  /**
   * Deletes objects so many days after they were created; a versioned bucket gets a delete marker.
   * @default - never
   */
  readonly expirationDays?: number;
  /** The day (UTC) from which objects are deleted, as in `2027-01-31`. @default - never */
  readonly expirationDate?: string;
  /** Removes delete markers that have no versions left. @default false */
  readonly expiredObjectDeleteMarker?: boolean;
  /** Deletes versions permanently so many days after they became noncurrent. @default - never */
  readonly noncurrentVersionExpirationDays?: number;
  /** How many of the newest noncurrent versions are kept anyway, 1 to 100. @default - none */
  readonly newerNoncurrentVersions?: number;
  /** Removes the parts of unfinished uploads so many days after they started. @default - never */
  readonly abortIncompleteMultipartUploadDays?: number;
  /** @default - none */
  readonly transitions?: readonly LifecycleTransition[];
  /** @default - none */
  readonly noncurrentVersionTransitions?: readonly NoncurrentVersionTransition[];
}

const transition = objectOf<LifecycleTransition>({
  storageClass: text(),
  days: number().optional(),
  date: text().optional(),
});

const noncurrentVersionTransition = objectOf<NoncurrentVersionTransition>({
  storageClass: text(),
  noncurrentDays: number(),
  newerNoncurrentVersions: number().optional(),
});

const lifecycleRule = objectOf<LifecycleRule>({
  id: text(),
  enabled: flag().optional(),
  prefix: text().optional(),
  tags: textMap().optional(),
  objectSizeGreaterThanBytes: number().optional(),
  objectSizeLessThanBytes: number().optional(),
  expirationDays: number().optional(),
  expirationDate: text().optional(),
  expiredObjectDeleteMarker: flag().optional(),
  noncurrentVersionExpirationDays: number().optional(),
  newerNoncurrentVersions: number().optional(),
  abortIncompleteMultipartUploadDays: number().optional(),
  transitions: list(transition).optional(),
  noncurrentVersionTransitions: list(noncurrentVersionTransition).optional(),
});

/** Whether the rule covers every object of the bucket. */
function isForAll({ prefix = "", tags = {}, ...rule }: LifecycleRule): boolean {
  const sizes = [rule.objectSizeGreaterThanBytes, rule.objectSizeLessThanBytes];
  return prefix === "" && Object.keys(tags).length === 0 && sizes.every((size) => size === undefined);
}

export interface LifecycleProps {
  /**
   * What the store does with objects as they age, at most 1000 rules. An empty list declares that
   * no rule is in effect, unless `abortIncompleteMultipartUploadDays` adds one.
   * @default - only the rule that `abortIncompleteMultipartUploadDays` adds
   */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /**
   * Removes the parts of unfinished uploads so many days after they started, in the whole bucket,
   * by a rule of its own. `false` adds no rule.
   * @default 7 on Amazon S3, unless one of `lifecycleRules` does the same for the whole bucket;
   * elsewhere false, since Terraform warns in each plan about the form that rules have there
   */
  readonly abortIncompleteMultipartUploadDays?: number | false;
}

export const lifecycleFields = {
  lifecycleRules: list(lifecycleRule).optional(),
  abortIncompleteMultipartUploadDays: numberOrFalse().optional(),
} satisfies Fields<LifecycleProps>;

/** The id of the rule that `abortIncompleteMultipartUploadDays` adds. */
const ABORT_RULE = "abort-incomplete-multipart-uploads";

const DEFAULT_DAYS = 7;

/**
 * The rules of the bucket: the given ones, and the one that removes unfinished uploads. Undefined
 * leaves the bucket's current rules.
 */
export function effectiveRules(props: LifecycleProps, store: ProviderProfile): readonly LifecycleRule[] | undefined {
  const { lifecycleRules = [], abortIncompleteMultipartUploadDays: days = defaultDays(props, store) } = props;
  const rules = days === false ? lifecycleRules : [...lifecycleRules, abortRule(days)];
  if (rules.length > 0) return rules;
  return props.lifecycleRules === undefined || !canAbort(store) ? undefined : [noRule];
}

export function abortsEverywhere(rules: readonly LifecycleRule[]): boolean {
  return rules.some((rule) => rule.enabled !== false && isForAll(rule) && rule.abortIncompleteMultipartUploadDays);
}

// Terraform warns about the bucket's own `lifecycle_rule` in each plan, so it is used only if the
// user asks for a rule.
function defaultDays({ lifecycleRules = [] }: LifecycleProps, store: ProviderProfile) {
  return canAbort(store) && hasOwnResource(store) && !abortsEverywhere(lifecycleRules) ? DEFAULT_DAYS : false;
}

function canAbort({ subResources, lifecycle }: ProviderProfile): boolean {
  return (
    subResources.lifecycle.value === "supported" && lifecycle.features["abort-multipart-uploads"].value === "supported"
  );
}

function abortRule(days: number): LifecycleRule {
  return { id: ABORT_RULE, abortIncompleteMultipartUploadDays: days };
}

// A configuration has at least one rule, and Terraform's bucket cannot declare that there are none.
const noRule: LifecycleRule = { ...abortRule(DEFAULT_DAYS), enabled: false };

/**
 * Whether Terraform's resource for lifecycle rules works on the store. After each change it waits
 * until the store returns the rules exactly as written, with a header that only Amazon S3 is known
 * to send. Otherwise it fails after three minutes:
 * https://github.com/hashicorp/terraform-provider-aws/issues/49019. The bucket's own
 * `lifecycle_rule` does not wait. It is deprecated, and supports neither sizes nor a number of
 * versions to keep.
 */
export function hasOwnResource({ lifecycle }: ProviderProfile): boolean {
  const { transitionSizeReported, readAsWritten } = lifecycle;
  return transitionSizeReported.value === "supported" && readAsWritten.value !== "unsupported";
}
