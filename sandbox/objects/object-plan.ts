import type { Behaviour } from "../behaviour.js";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import { type Acl, OWNER, ownerById, privateAcl } from "../storage/acl.js";
import type { Bucket, UploadPlan } from "../storage/bucket.js";
import type { StoredObject, Tag } from "../storage/object-version.js";
import { disablesAcls, readAclHeaders, refuseDisabledAcl } from "./acl.js";
import { readLock } from "./lock.js";
import { parseTaggingHeader, readContentHeaders, readMetadata } from "./metadata.js";
import { type TargetEncryption, targetEncryption, type Writing } from "./target-encryption.js";

const MAX_KEY_BYTES = 1024;
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "REDUCED_REDUNDANCY",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
  "EXPRESS_ONEZONE",
  "OUTPOSTS",
  "SNOW",
  // Class names specific to OVHcloud.
  "HIGH_PERF",
  "INFREQUENT_ACCESS",
  "COLD_ARCHIVE",
]);

export interface ObjectPlan {
  readonly plan: UploadPlan;
  readonly target: TargetEncryption;
}

/** The call with only the headers that the store keeps. */
export function asRemembered(call: Call, { forgottenBy }: Behaviour, by: keyof Behaviour["forgottenBy"]): Call {
  const forgotten = forgottenBy[by];
  if (forgotten === undefined) return call;
  const headers = Object.entries(call.headers).filter(([name]) => !forgotten.includes(name));
  return { ...call, headers: Object.fromEntries(headers) };
}

/** All properties of a new object, from the headers of its request. */
export function planObject(call: Call, context: Context, bucket: Bucket, writing: Writing): ObjectPlan {
  const { headers } = call;
  const { ownerId } = disablesAcls(bucket.facts) ? bucket.facts : call.user;
  checkKey(call.key);
  const target = targetEncryption(call, context, bucket, writing);
  const redirect = headers["x-amz-website-redirect-location"];
  const plan: UploadPlan = {
    kind: "object",
    key: call.key,
    encryption: target.encryption,
    contentHeaders: asUnderstood(readContentHeaders(headers), context),
    metadata: readMetadata(headers),
    storageClass: readStorageClass(headers),
    ...(redirect !== undefined && { redirect }),
    tags: readTags(headers, context),
    acl: readAcl(call, context, { bucket, writing }),
    ...(ownerId !== undefined && ownerId !== OWNER.id && { ownerId }),
    ...readLock(headers, bucket, context.now()),
  };
  return { plan, target };
}

function asUnderstood(headers: UploadPlan["contentHeaders"], { behaviour }: Context): UploadPlan["contentHeaders"] {
  if (behaviour.headerEncoding === "utf-8") {
    return headers;
  }
  const misread = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]);
  return Object.fromEntries(misread);
}

function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new S3Error("KeyTooLongError", { fields: { Size: String(bytes), MaxSizeAllowed: String(MAX_KEY_BYTES) } });
  }
}

function readStorageClass(headers: RequestHeaders): string {
  const name = headers["x-amz-storage-class"] ?? "STANDARD";
  if (!STORAGE_CLASSES.has(name)) {
    throw new S3Error("InvalidStorageClass", { fields: { StorageClassRequested: name } });
  }
  return name;
}

function readTags(headers: RequestHeaders, { behaviour }: Context): readonly Tag[] {
  const header = headers["x-amz-tagging"];
  if (header !== undefined && behaviour.taggingHeader === "not-implemented") {
    throw new S3Error("NotImplemented", { fields: { Header: "x-amz-tagging" } });
  }
  return header === undefined || behaviour.taggingHeader === "ignored" ? [] : parseTaggingHeader(header);
}

function readAcl(
  { headers, user }: Call,
  { behaviour }: Context,
  { bucket: { facts }, writing }: { readonly bucket: Bucket; readonly writing: Writing },
): Acl {
  refuseDisabledAcl(headers, facts);
  if (disablesAcls(facts)) return privateAcl(ownerById(facts.ownerId));
  const owner = ownerById(user.ownerId);
  const acl = readAclHeaders(headers, owner, behaviour.grantForm);
  if (acl !== undefined && writing === "put" && behaviour.aclSentWithWrites === "refused") {
    throw new S3Error("InvalidArgument", { message: "Grants are not taken with this request" });
  }
  return acl === undefined || behaviour.objectAcl === "unsupported" ? privateAcl(owner) : acl;
}

type Directive = "COPY" | "REPLACE";

/**
 * The properties of a copy: metadata and tags according to their directives, all others only from the
 * request.
 */
export function planCopy(sent: Call, context: Context, bucket: Bucket, source: StoredObject): ObjectPlan {
  const { behaviour } = context;
  const call = asRemembered(asKnown(sent, behaviour), behaviour, "copy");
  const forgotten = behaviour.forgottenBy.copy ?? [];
  const { plan, target } = planObject(call, context, bucket, "copy");
  const metadata = readDirective(call, "x-amz-metadata-directive");
  const tagging = readDirective(call, "x-amz-tagging-directive");
  const kept: UploadPlan = {
    ...plan,
    ...(metadata === "COPY" && {
      contentHeaders: Object.fromEntries(
        Object.entries(source.contentHeaders).filter(([name]) => !forgotten.includes(name)),
      ),
      metadata: behaviour.metadataAfterCopy === "kept" ? source.metadata : {},
    }),
    tags: tagging === "COPY" ? copiedTags(source, context) : plan.tags,
    ...(keepsAcl(call, context) && { acl: source.acl }),
    ...(keepsClass(call, context) && { storageClass: source.storageClass }),
  };
  return { plan: kept, target };
}

/** The call with only the headers that the store supports. */
function asKnown(call: Call, { aclSentWithCopy, storageClassSentWithCopy }: Behaviour): Call {
  const names = Object.keys(call.headers);
  if (aclSentWithCopy === "refused" && names.some(isAclHeader)) throw new S3Error("AccessControlListNotSupported");
  if (storageClassSentWithCopy === "refused" && names.some(isStorageClassHeader))
    throw new S3Error("InvalidStorageClass");
  const isIgnored = (name: string) =>
    (aclSentWithCopy === "ignored" && isAclHeader(name)) ||
    (storageClassSentWithCopy === "ignored" && isStorageClassHeader(name));
  return { ...call, headers: Object.fromEntries(Object.entries(call.headers).filter(([name]) => !isIgnored(name))) };
}

function isStorageClassHeader(header: string): boolean {
  return header === "x-amz-storage-class";
}

function isAclHeader(header: string): boolean {
  return header === "x-amz-acl" || header.startsWith("x-amz-grant-");
}

function readDirective(call: Call, header: string): Directive {
  const value = call.headers[header] ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") {
    throw new S3Error("InvalidArgument", {
      message: `Unknown ${header.slice("x-amz-".length)}.`,
      fields: { ArgumentName: header, ArgumentValue: value },
    });
  }
  return value;
}

function copiedTags(source: StoredObject, { behaviour }: Context): readonly Tag[] {
  return behaviour.tagsAfterCopy === "kept" ? source.tags : [];
}

function keepsAcl(call: Call, { behaviour }: Context): boolean {
  return behaviour.aclAfterCopy === "kept" && !Object.keys(call.headers).some(isAclHeader);
}

function keepsClass(call: Call, { behaviour }: Context): boolean {
  return behaviour.storageClassAfterCopy === "kept" && !Object.keys(call.headers).some(isStorageClassHeader);
}
