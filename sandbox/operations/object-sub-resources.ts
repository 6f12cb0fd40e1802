import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, child, children, childText, parseXml } from "../http/xml.js";
import { disablesAcls, parseAcl, readAclHeaders, writeAcl } from "../objects/acl.js";
import { findBucket, findObject, versionHeader } from "../objects/find.js";
import { checkRetention } from "../objects/lock.js";
import { checkTags } from "../objects/metadata.js";
import { type Acl, type Owner, ownerById, privateAcl } from "../storage/acl.js";
import type { Bucket, BucketFacts } from "../storage/bucket.js";
import { compareKeys } from "../storage/key-index.js";
import type { Retention, StoredObject, Tag } from "../storage/object-version.js";
import { type Call, type Context, notImplemented, requireSupported } from "./operation.js";

export function getBucketAcl(call: Call, context: Context): Answer {
  requireSupported(context, "acl");
  const { facts } = findBucket(context, call.bucket);
  return xmlAnswer(writtenAcl(facts, facts));
}

export async function putBucketAcl(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "acl");
  const bucket = findBucket(context, call.bucket);
  refuseIfDisabled(bucket.facts);
  const acl = await readAcl(call, ownerById(bucket.facts.ownerId));
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, acl } });
  return emptyAnswer(200);
}

export function getObjectAcl(call: Call, context: Context): Answer {
  requireObjectAcl(context);
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  return xmlAnswer(writtenAcl(object, bucket.facts), versionHeader(bucket, object.versionId));
}

export async function putObjectAcl(call: Call, context: Context): Promise<Answer> {
  requireObjectAcl(context);
  const bucket = findBucket(context, call.bucket);
  const found = findObject(bucket, call);
  refuseIfDisabled(bucket.facts);
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

/** Disabled lists stay as they are, and answer that the bucket's owner alone has access. */
function writtenAcl({ acl, ownerId }: Pick<BucketFacts, "acl" | "ownerId">, bucket: BucketFacts): string {
  const owner = ownerById(disablesAcls(bucket) ? bucket.ownerId : ownerId);
  return writeAcl(disablesAcls(bucket) ? privateAcl(owner) : acl, owner);
}

function refuseIfDisabled(facts: BucketFacts): void {
  if (disablesAcls(facts)) throw new S3Error("AccessControlListNotSupported");
}

function requireObjectAcl({ behaviour }: Context): void {
  if (behaviour.objectAcl === "unsupported") {
    throw notImplemented("object ACLs");
  }
}

export function getObjectTagging(call: Call, context: Context): Answer {
  requireTagging(context);
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  if (object.tags.length === 0 && context.behaviour.emptyTagSet === "no-bytes") {
    return emptyAnswer(200, { "content-type": "application/xml", ...versionHeader(bucket, object.versionId) });
  }
  const body = buildXml("Tagging", {
    TagSet: { Tag: inOrder(object.tags).map(({ key, value }) => ({ Key: key, Value: value })) },
  });
  return xmlAnswer(body, versionHeader(bucket, object.versionId));
}

/** Sorted by key, regardless of the given order. */
function inOrder(tags: readonly Tag[]): readonly Tag[] {
  return tags.toSorted((left, right) => compareKeys(left.key, right.key));
}

export async function putObjectTagging(call: Call, context: Context): Promise<Answer> {
  requireTagging(context);
  if (context.behaviour.putObjectTagging === "refused") {
    throw new S3Error("InvalidRequest", { message: "Tags are not taken today" });
  }
  const request = parseXml(await readText(call.body), "Tagging");
  const tags = children(child(request, "TagSet"), "Tag").map((tag) => ({
    key: childText(tag, "Key") ?? "",
    value: childText(tag, "Value") ?? "",
  }));
  return setTags(call, context, checkTags(tags));
}

export async function deleteObjectTagging(call: Call, context: Context): Promise<Answer> {
  requireTagging(context);
  return { ...(await setTags(call, context, [])), status: 204 };
}

async function setTags(call: Call, context: Context, tags: readonly Tag[]): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  await context.store.commit(bucket, { kind: "update", version: { ...object, tags } });
  return emptyAnswer(200, versionHeader(bucket, object.versionId));
}

function requireTagging({ behaviour }: Context): void {
  if (behaviour.objectTagging === "unsupported") {
    throw notImplemented("object tagging");
  }
}

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
