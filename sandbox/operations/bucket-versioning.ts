import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, child, childText, parseXml, type XmlElement } from "../http/xml.js";
import { findBucket } from "../objects/find.js";
import type { DefaultRetention } from "../storage/bucket.js";
import { type Call, type Context, requireSupported } from "./operation.js";

const STATUS = { off: undefined, enabled: "Enabled", suspended: "Suspended" } as const;

export function getBucketVersioning(call: Call, context: Context): Answer {
  requireSupported(context, "versioning");
  const { versioning } = findBucket(context, call.bucket).facts;
  return xmlAnswer(buildXml("VersioningConfiguration", { Status: STATUS[versioning] }));
}

export async function putBucketVersioning(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "versioning");
  const bucket = findBucket(context, call.bucket);
  const status = childText(parseXml(await readText(call.body), "VersioningConfiguration"), "Status")?.trim();
  if (status !== "Enabled" && status !== "Suspended") {
    throw new S3Error("MalformedXML");
  }
  if (status === "Suspended" && bucket.facts.objectLock !== null) {
    throw new S3Error("InvalidBucketState", {
      message: "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    });
  }
  const versioning = status === "Enabled" ? "enabled" : "suspended";
  const { neverVersioned, ...facts } = bucket.facts;
  const never = versioning === "suspended" && (facts.versioning === "off" || neverVersioned === true);
  const changed = { ...facts, versioning, ...(never && { neverVersioned: true }) } as const;
  await context.store.commit(bucket, { kind: "facts", facts: changed });
  return emptyAnswer(200);
}

const ROOT = "ObjectLockConfiguration";

export function getObjectLockConfiguration(call: Call, context: Context): Answer {
  requireSupported(context, "object-lock");
  const { objectLock } = findBucket(context, call.bucket).facts;
  if (objectLock === null) {
    throw new S3Error("ObjectLockConfigurationNotFoundError", { fields: { BucketName: call.bucket } });
  }
  const rule = objectLock.defaultRetention;
  const retention = rule && {
    Mode: rule.mode,
    Days: "days" in rule ? rule.days : undefined,
    Years: "years" in rule ? rule.years : undefined,
  };
  return xmlAnswer(
    buildXml(ROOT, { ObjectLockEnabled: "Enabled", Rule: retention && { DefaultRetention: retention } }),
  );
}

export async function putObjectLockConfiguration(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "object-lock");
  const bucket = findBucket(context, call.bucket);
  const request = parseXml(await readText(call.body), ROOT);
  if (childText(request, "ObjectLockEnabled")?.trim() !== "Enabled") {
    throw new S3Error("MalformedXML");
  }
  if (bucket.facts.versioning !== "enabled") {
    throw new S3Error("InvalidBucketState", {
      message: "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    });
  }
  const rule = child(child(request, "Rule"), "DefaultRetention");
  const objectLock = rule === undefined ? {} : { defaultRetention: readRule(rule) };
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, objectLock } });
  return emptyAnswer(200);
}

function readRule(rule: XmlElement): DefaultRetention {
  const mode = childText(rule, "Mode")?.trim();
  const days = childText(rule, "Days");
  const years = childText(rule, "Years");
  const count = Number(days ?? years);
  const onePeriod = (days === undefined) !== (years === undefined);
  if ((mode !== "GOVERNANCE" && mode !== "COMPLIANCE") || !onePeriod || !Number.isInteger(count)) {
    throw new S3Error("MalformedXML");
  }
  if (count < 1) {
    throw new S3Error("InvalidRetentionPeriod");
  }
  return days === undefined ? { mode, years: count } : { mode, days: count };
}
