import type { Behaviour } from "../behaviour.js";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Bucket, DefaultRetention } from "../storage/bucket.js";
import type { ObjectVersion, Retention, StoredObject } from "../storage/object-version.js";

export interface Lock {
  readonly retention?: Retention;
  readonly legalHold?: "ON" | "OFF";
}

/** The Object Lock of a new object: from its headers, otherwise from the bucket's default. */
export function readLock(headers: RequestHeaders, bucket: Bucket, now: number): Lock {
  const mode = headers["x-amz-object-lock-mode"];
  const until = headers["x-amz-object-lock-retain-until-date"];
  const hold = headers["x-amz-object-lock-legal-hold"];
  const asked = mode !== undefined || until !== undefined || hold !== undefined;
  if (bucket.facts.objectLock === null) {
    if (asked) {
      throw new S3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
    }
    return {};
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw new S3Error("InvalidArgument", {
      message: "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
    });
  }
  const byDefault = bucket.facts.objectLock.defaultRetention;
  const retention =
    mode !== undefined && until !== undefined ? checkRetention(mode, until, now) : fromDefault(byDefault, now);
  return {
    ...(retention !== undefined && { retention }),
    ...(hold !== undefined && { legalHold: checkLegalHold(hold) }),
  };
}

export function checkRetention(mode: string, until: string, now: number): Retention {
  const time = Date.parse(until);
  if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE") {
    throw new S3Error("InvalidArgument", { message: "Unknown wormMode directive." });
  }
  if (Number.isNaN(time)) {
    throw new S3Error("InvalidArgument", { message: "The retain until date must be provided in ISO 8601 format" });
  }
  if (time <= now) {
    throw new S3Error("InvalidArgument", { message: "The retain until date must be in the future!" });
  }
  return { mode, until: new Date(time).toISOString() };
}

function checkLegalHold(status: string): "ON" | "OFF" {
  if (status !== "ON" && status !== "OFF") {
    throw new S3Error("InvalidArgument", { message: "Legal Hold must be either of 'ON' or 'OFF'" });
  }
  return status;
}

function fromDefault(rule: DefaultRetention | undefined, now: number): Retention | undefined {
  if (rule === undefined) {
    return undefined;
  }
  const until = new Date(now);
  if ("days" in rule) {
    until.setUTCDate(until.getUTCDate() + rule.days);
  } else {
    until.setUTCFullYear(until.getUTCFullYear() + rule.years);
  }
  return { mode: rule.mode, until: until.toISOString() };
}

/** Uploads with a lock must include a checksum of their body. */
export function checkLockedUpload(headers: RequestHeaders, { retention, legalHold }: Lock, what: string): void {
  const locked = retention !== undefined || legalHold === "ON";
  const names = Object.keys(headers);
  const checked =
    headers["content-md5"] !== undefined ||
    headers["x-amz-trailer"]?.includes("x-amz-checksum-") === true ||
    names.some((name) => name.startsWith("x-amz-checksum-") || name === "x-amz-sdk-checksum-algorithm");
  if (locked && !checked) {
    throw new S3Error("InvalidRequest", {
      message: `Content-MD5 OR x-amz-checksum- HTTP header is required for ${what} requests with Object Lock parameters`,
    });
  }
}

/** Rejects the removal of a locked version. Only governance mode can be bypassed. */
export function checkDeletable(version: ObjectVersion | undefined, now: number, bypassGovernance: boolean): void {
  if (version?.kind !== "object") {
    return;
  }
  const { retention, ...withoutRetention } = version;
  const passable = retention?.mode === "GOVERNANCE" && bypassGovernance;
  if (isLocked(passable ? withoutRetention : version, now)) {
    throw new S3Error("AccessDenied", { message: "Access Denied because object protected by object lock." });
  }
}

/** Whether a retention or a legal hold is in force. */
export function isLocked({ retention, legalHold }: Lock, now: number): boolean {
  return legalHold === "ON" || (retention !== undefined && Date.parse(retention.until) > now);
}

export function lockHeaders(
  { retention, legalHold }: Pick<StoredObject, "retention" | "legalHold">,
  { lockDates }: Pick<Behaviour, "lockDates">,
): Record<string, string> {
  return {
    ...(retention !== undefined && {
      "x-amz-object-lock-mode": retention.mode,
      "x-amz-object-lock-retain-until-date": lockDates === "as-sent" ? retention.until : inNanoseconds(retention.until),
    }),
    ...(legalHold !== undefined && { "x-amz-object-lock-legal-hold": legalHold }),
  };
}

function inNanoseconds(date: string): string {
  return new Date(date).toISOString().replace("Z", "000000Z");
}
