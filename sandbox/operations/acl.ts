import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { parseAcl, readAclHeaders, writeAcl } from "../objects/acl.js";
import { findBucket, findObject, versionHeader } from "../objects/find.js";
import { type Acl, type Owner, ownerById } from "../storage/acl.js";
import { type Call, type Context, notImplemented, requireSupported } from "./operation.js";

export function getBucketAcl(call: Call, context: Context): Answer {
  requireSupported(context, "acl");
  const { acl, ownerId } = findBucket(context, call.bucket).facts;
  return xmlAnswer(writeAcl(acl, ownerById(ownerId)));
}

export async function putBucketAcl(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "acl");
  const bucket = findBucket(context, call.bucket);
  const acl = await readAcl(call, ownerById(bucket.facts.ownerId));
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, acl } });
  return emptyAnswer(200);
}

export function getObjectAcl(call: Call, context: Context): Answer {
  requireObjectAcl(context);
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  return xmlAnswer(writeAcl(object.acl, ownerById(object.ownerId)), versionHeader(bucket, object.versionId));
}

export async function putObjectAcl(call: Call, context: Context): Promise<Answer> {
  requireObjectAcl(context);
  const bucket = findBucket(context, call.bucket);
  const found = findObject(bucket, call);
  const acl = await readAcl(call, ownerById(found.ownerId));
  // Reading the body took time, so the object is looked up again.
  const object = findObject(bucket, call);
  await context.store.commit(bucket, { kind: "update", version: { ...object, acl } });
  return emptyAnswer(200, versionHeader(bucket, object.versionId));
}

async function readAcl(call: Call, owner: Owner): Promise<Acl> {
  const text = await readText(call.body);
  return readAclHeaders(call.headers, owner) ?? parseAcl(text);
}

function requireObjectAcl({ behaviour }: Context): void {
  if (behaviour.objectAcl === "unsupported") {
    throw notImplemented("object ACLs");
  }
}
