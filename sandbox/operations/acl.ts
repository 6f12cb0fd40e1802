import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { readAclHeaders } from "../objects/acl-headers.js";
import { parseAcl, writeAcl } from "../objects/acl-xml.js";
import { findBucket, findObject, versionHeader } from "../objects/find.js";
import { notImplemented, requireSupported } from "../objects/supported.js";
import type { Acl } from "../storage/acl.js";
import type { Call, Context } from "./operation.js";

export function getBucketAcl(call: Call, context: Context): Answer {
  requireSupported(context, "acl");
  return xmlAnswer(writeAcl(findBucket(context, call.bucket).facts.acl));
}

export async function putBucketAcl(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "acl");
  const bucket = findBucket(context, call.bucket);
  const acl = await readAcl(call);
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, acl } });
  return emptyAnswer(200);
}

export function getObjectAcl(call: Call, context: Context): Answer {
  requireObjectAcl(context);
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  return xmlAnswer(writeAcl(object.acl), versionHeader(bucket, object.versionId));
}

export async function putObjectAcl(call: Call, context: Context): Promise<Answer> {
  requireObjectAcl(context);
  const bucket = findBucket(context, call.bucket);
  const acl = await readAcl(call);
  const object = findObject(bucket, call);
  await context.store.commit(bucket, { kind: "update", version: { ...object, acl } });
  return emptyAnswer(200, versionHeader(bucket, object.versionId));
}

async function readAcl(call: Call): Promise<Acl> {
  const text = await readText(call.body);
  return readAclHeaders(call.headers) ?? parseAcl(text);
}

function requireObjectAcl({ behaviour }: Context): void {
  if (behaviour.objectAcl === "unsupported") {
    throw notImplemented("object ACLs");
  }
}
