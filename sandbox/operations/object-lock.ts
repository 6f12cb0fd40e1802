import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, childText, parseXml } from "../http/xml.js";
import { findBucket, findObject } from "../objects/find.js";
import { checkRetention } from "../objects/lock.js";
import type { Bucket } from "../storage/bucket.js";
import type { Retention, StoredObject } from "../storage/object-version.js";
import { type Call, type Context, requireSupported } from "./operation.js";

export function getObjectRetention(call: Call, context: Context): Answer {
  const { retention } = findObject(lockedBucket(call, context), call);
  if (retention === undefined) {
    throw new S3Error("NoSuchObjectLockConfiguration");
  }
  return xmlAnswer(buildXml("Retention", { Mode: retention.mode, RetainUntilDate: retention.until }));
}

export async function putObjectRetention(call: Call, context: Context): Promise<Answer> {
  const bucket = lockedBucket(call, context);
  const request = parseXml(await readText(call.body), "Retention");
  const { retention: before, ...object } = findObject(bucket, call);
  const mode = childText(request, "Mode")?.trim();
  if (mode !== undefined && mode !== "GOVERNANCE" && mode !== "COMPLIANCE") {
    throw new S3Error("MalformedXML");
  }
  const until = childText(request, "RetainUntilDate")?.trim();
  const bypass = call.headers["x-amz-bypass-governance-retention"]?.toLowerCase() === "true";
  const after = mode === undefined || until === undefined ? undefined : checkRetention(mode, until, context.now());
  checkNotWeakened(before, after, context.now(), bypass);
  const version: StoredObject = { ...object, ...(after && { retention: after }) };
  await context.store.commit(bucket, { kind: "update", version });
  return emptyAnswer(200);
}

function checkNotWeakened(before: Retention | undefined, after: Retention | undefined, now: number, bypass: boolean) {
  if (before === undefined || Date.parse(before.until) <= now || (before.mode === "GOVERNANCE" && bypass)) {
    return;
  }
  const sooner = after === undefined || Date.parse(after.until) < Date.parse(before.until);
  if (sooner || after.mode !== before.mode) {
    throw new S3Error("AccessDenied", { message: "Access Denied because object protected by object lock." });
  }
}

export function getObjectLegalHold(call: Call, context: Context): Answer {
  const { legalHold } = findObject(lockedBucket(call, context), call);
  if (legalHold === undefined) {
    throw new S3Error("NoSuchObjectLockConfiguration");
  }
  return xmlAnswer(buildXml("LegalHold", { Status: legalHold }));
}

export async function putObjectLegalHold(call: Call, context: Context): Promise<Answer> {
  const bucket = lockedBucket(call, context);
  const request = parseXml(await readText(call.body), "LegalHold");
  const legalHold = childText(request, "Status")?.trim();
  if (legalHold !== "ON" && legalHold !== "OFF") {
    throw new S3Error("MalformedXML");
  }
  const object = findObject(bucket, call);
  await context.store.commit(bucket, { kind: "update", version: { ...object, legalHold } });
  return emptyAnswer(200);
}

function lockedBucket(call: Call, context: Context): Bucket {
  requireSupported(context, "object-lock");
  const bucket = findBucket(context, call.bucket);
  if (bucket.facts.objectLock === null) {
    throw new S3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
  }
  return bucket;
}
