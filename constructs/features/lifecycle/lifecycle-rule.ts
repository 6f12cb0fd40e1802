import { flag, list, number, objectOf, text, textMap } from "../../checked-props.js";
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

export const lifecycleRule = objectOf<LifecycleRule>({
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
export function isForAll({ prefix = "", tags = {}, ...rule }: LifecycleRule): boolean {
  const sizes = [rule.objectSizeGreaterThanBytes, rule.objectSizeLessThanBytes];
  return prefix === "" && Object.keys(tags).length === 0 && sizes.every((size) => size === undefined);
}
