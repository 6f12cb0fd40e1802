import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { childText, parseXml } from "../http/xml.js";
import { findBucket, findObject } from "../objects/find.js";
import type { Call, Context } from "./operation.js";

const DAY_MS = 24 * 3600 * 1000;

/** Restores at once, while real archives take minutes or hours. */
export async function restoreObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const days = Number(childText(parseXml(await readText(call.body), "RestoreRequest"), "Days"));
  const object = findObject(bucket, call);
  if (!context.behaviour.archiveClasses.includes(object.storageClass)) {
    throw new S3Error("InvalidObjectState", {
      message: "Restore is not allowed for the object's current storage class",
    });
  }
  if (!Number.isInteger(days) || days < 1) {
    throw new S3Error("MalformedXML");
  }
  const again = object.restoredUntil !== undefined && object.restoredUntil > context.now();
  const restoredUntil = context.now() + days * DAY_MS;
  await context.store.commit(bucket, { kind: "update", version: { ...object, restoredUntil } });
  return emptyAnswer(again ? 200 : 202);
}
