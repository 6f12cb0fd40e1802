import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, childText, parseXml } from "../http/xml.js";
import { findBucket } from "../objects/find.js";
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
