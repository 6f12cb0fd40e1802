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
  /** Data for which OCSF has no attribute. */
  readonly unmapped?: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly type: "bucket" | "object";
  readonly bucket: string;
  /** `null` for the bucket itself. */
  readonly key: string | null;
  readonly versionId: string | null;
  readonly modifiedMs: number | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The title and the requirement of each check. */
export const CHECKS = {
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
type CheckName = keyof typeof CHECKS;
