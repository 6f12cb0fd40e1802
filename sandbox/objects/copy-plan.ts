import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket, UploadPlan } from "../storage/bucket.js";
import type { StoredObject, Tag } from "../storage/object-version.js";
import { asRemembered, type ObjectPlan, planObject } from "./object-plan.js";

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
