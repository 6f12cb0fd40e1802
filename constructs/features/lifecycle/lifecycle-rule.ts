import type { ProviderProfile } from "../../../providers/index.js";
import { type Fields, flag, list, number, numberOrFalse, objectOf, text, textMap } from "../../checked-props.js";

/** Moves objects to another class of the store; by days or by date. */
export interface LifecycleTransition {
  /** One of the store's own classes, as in `STANDARD_IA`. */
  readonly storageClass: string;
  /** Days after an object was made. @default - `date` says when */
  readonly days?: number;
  /** The day from which on all objects are moved, as in `2027-01-31` (UTC). @default - `days` says when */
  readonly date?: string;
}

/** The same for versions that another one has replaced. */
export interface NoncurrentVersionTransition {
  readonly storageClass: string;
  /** Days after a version was replaced. */
  readonly noncurrentDays: number;
  /** So many of the newest such versions stay where they are. @default - none */
  readonly newerNoncurrentVersions?: number;
}

/** One rule of a bucket's lifecycle configuration: which objects, and what becomes of them. Without a filter it is for all. */
export interface LifecycleRule {
  /** A name of its own within the bucket. */
  readonly id: string;
  /** @default true */
  readonly enabled?: boolean;
  /** Objects whose key begins so. @default - all */
  readonly prefix?: string;
  /** Objects that have all of these tags. @default - all */
  readonly tags?: Readonly<Record<string, string>>;
  /** Larger objects only. @default - all */
  readonly objectSizeGreaterThanBytes?: number;
  /** Smaller objects only. @default - all */
  readonly objectSizeLessThanBytes?: number;
  /** Deletes objects so many days after they were made; where there is versioning, a delete marker is put on top. @default - never */
  readonly expirationDays?: number;
  /** The day from which on they are deleted, as in `2027-01-31` (UTC). @default - never */
  readonly expirationDate?: string;
  /** Removes delete markers that have no version beneath them any more. @default false */
  readonly expiredObjectDeleteMarker?: boolean;
  /** Deletes versions for good so many days after they were replaced. @default - never */
  readonly noncurrentVersionExpirationDays?: number;
  /** So many of the newest replaced versions are kept all the same, 100 at most. @default - none */
  readonly newerNoncurrentVersions?: number;
  /** Removes the parts of uploads that were not completed so many days after they began. @default - never */
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

/** Whether the rule is for every object of the bucket. */
function isForAll({ prefix = "", tags = {}, ...rule }: LifecycleRule): boolean {
  const sizes = [rule.objectSizeGreaterThanBytes, rule.objectSizeLessThanBytes];
  return prefix === "" && Object.keys(tags).length === 0 && sizes.every((size) => size === undefined);
}

export interface LifecycleProps {
  /**
   * What the store does with objects as they age, 1000 rules at most. An empty list without `abortIncompleteMultipartUploadDays`
   * declares that no rule shall be in effect.
   * @default - none but the one that `abortIncompleteMultipartUploadDays` adds
   */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /**
   * Removes the parts of uploads that were not completed so many days after they began, in the whole bucket, by a rule of its own.
   * `false` adds none.
   * @default 7 on Amazon S3, unless one of `lifecycleRules` does it for the whole bucket already; elsewhere false, since Terraform warns
   * in each plan of the way in which rules are written there
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

/** The rules of the bucket: those given, and the one that clears away unfinished uploads. Undefined leaves whatever the bucket has. */
export function effectiveRules(props: LifecycleProps, store: ProviderProfile): readonly LifecycleRule[] | undefined {
  const { lifecycleRules = [], abortIncompleteMultipartUploadDays: days = defaultDays(props, store) } = props;
  const rules = days === false ? lifecycleRules : [...lifecycleRules, abortRule(days)];
  if (rules.length > 0) return rules;
  return props.lifecycleRules === undefined || !canAbort(store) ? undefined : [noRule];
}

export function abortsEverywhere(rules: readonly LifecycleRule[]): boolean {
  return rules.some((rule) => rule.enabled !== false && isForAll(rule) && rule.abortIncompleteMultipartUploadDays);
}

// Terraform warns of the bucket's own `lifecycle_rule` in each plan, so no rule is written by it that was not asked for.
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

// A configuration has at least one rule, and Terraform's bucket cannot say that there shall be none.
const noRule: LifecycleRule = { ...abortRule(DEFAULT_DAYS), enabled: false };

/**
 * Whether Terraform's resource for lifecycle rules can be used. After each change it waits until the store answers the rules exactly as they
 * were written, with a header that only Amazon S3 is known to send, and fails after three minutes otherwise:
 * https://github.com/hashicorp/terraform-provider-aws/issues/49019.
 * The bucket's own `lifecycle_rule` waits for nothing; it is deprecated, and knows neither sizes nor how many versions to keep.
 */
export function hasOwnResource({ lifecycle }: ProviderProfile): boolean {
  const { transitionSizeReported, readAsWritten } = lifecycle;
  return transitionSizeReported.value === "supported" && readAsWritten.value !== "unsupported";
}
