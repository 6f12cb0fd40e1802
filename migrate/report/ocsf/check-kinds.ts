import { hash } from "node:crypto";
import type { RunRecord } from "../../journal/run-record.js";

/** The result of a check: OCSF's `compliance.status_id`. A warning is a check that was not possible. */
export const CHECK_STATUS = { pass: 1, warning: 2, fail: 3 } as const;
export type CheckStatus = keyof typeof CHECK_STATUS;

/** OCSF's `severity_id`. */
export const SEVERITY = { informational: 1, low: 2, medium: 3, high: 4 } as const;
export type Severity = keyof typeof SEVERITY;

/** One check of one resource, before it is expressed in OCSF. */
export interface Checked {
  /** The name of the check, which is the same in every run. */
  readonly check: CheckName;
  readonly status: CheckStatus;
  /** Used if the check failed. */
  readonly severity: Severity;
  /** The observation, in a sentence. */
  readonly detail: string;
  /** The remedy if it did not pass. */
  readonly remedy: string;
  readonly resource: Resource;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** How many objects the check failed for, or could not decide; absent if it is not about a number of objects. */
  readonly occurrences?: number;
  /** Data for which OCSF has no attribute. */
  readonly unmapped?: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly type: "bucket" | "prefix" | "object";
  /** `null` for the prefixes that were counted together, which may be of several buckets. */
  readonly bucket: string | null;
  /** The key of an object, or the prefix; `null` for the bucket itself. */
  readonly key: string | null;
  readonly versionId: string | null;
  readonly modifiedMs: number | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Identifies a finding by the check, its resource and the store, the same in every run. A copy of a current object gets
 * a new version ID, but is the same object for a system that tracks findings.
 */
export function findingId({ check, resource }: Pick<Checked, "check" | "resource">, { endpoint }: RunRecord): string {
  const version = check === "older-version-encrypted" ? resource.versionId : null;
  return idOf([endpoint, resource.bucket, resource.key, version, check]);
}

export function idOf(parts: readonly unknown[]): string {
  return hash("sha256", JSON.stringify(parts)).slice(0, 32);
}

/** The address of a resource, as in other reports. */
export function resourceUid({ bucket, key }: Resource): string {
  if (bucket === null) return OTHER_PREFIXES;
  return key === null ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}

export const OTHER_PREFIXES = "other prefixes";

/** The title and the requirement of each check. */
export const CHECKS = {
  "bucket-encrypted": {
    title: "Bucket encrypted at rest",
    asks: "The bucket was seen, encrypts by default, and everything in it is seen to be encrypted at rest.",
  },
  "prefix-objects-encrypted": {
    title: "Current objects under a prefix encrypted at rest",
    asks: "Every current object under the prefix that has an outcome is seen to be encrypted at rest.",
  },
  "bucket-seen": {
    title: "Bucket seen by the run",
    asks: "The run could read the bucket, or the part of it in scope, completely.",
  },
  "bucket-default-encryption": {
    title: "Default encryption of the bucket",
    asks: "The bucket encrypts new objects by default, according to the store.",
  },
  "bucket-objects-encrypted": {
    title: "Current objects of the bucket encrypted at rest",
    asks: "Every current object in scope is seen to be encrypted at rest.",
  },
  "bucket-older-versions-encrypted": {
    title: "Noncurrent versions in the bucket encrypted at rest",
    asks: "Every noncurrent version in scope is seen to be encrypted at rest.",
  },
  "bucket-no-earlier-uploads": {
    title: "No upload open from before the default encryption",
    asks: "No multipart upload is open that was begun before the bucket encrypted by default.",
  },
  "object-encrypted": {
    title: "Object encrypted at rest",
    asks: "The object is seen to be encrypted at rest by the store.",
  },
  "older-version-encrypted": {
    title: "Noncurrent version of an object encrypted at rest",
    asks: "The noncurrent version is seen to be encrypted at rest by the store.",
  },
} as const;
export type CheckName = keyof typeof CHECKS;
