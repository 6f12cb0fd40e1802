import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { UploadPlan } from "../storage/multipart-upload.js";
import type { StoredObject, Tag } from "../storage/object-version.js";
import { type ObjectPlan, planObject } from "./object-plan.js";

type Directive = "COPY" | "REPLACE";

/** What a copy will be: metadata and tags by their directives, all else from the request alone. */
export function planCopy(call: Call, context: Context, bucket: Bucket, source: StoredObject): ObjectPlan {
  const { behaviour } = context;
  const { plan, target } = planObject(call, context, bucket, "copy");
  const metadata = readDirective(call, "x-amz-metadata-directive");
  const tagging = readDirective(call, "x-amz-tagging-directive");
  const kept: UploadPlan = {
    ...plan,
    ...(metadata === "COPY" && {
      contentHeaders: source.contentHeaders,
      metadata: behaviour.metadataAfterCopy === "kept" ? source.metadata : {},
    }),
    tags: tagging === "COPY" ? copiedTags(source, context) : plan.tags,
    ...(keepsAcl(call, context) && { acl: source.acl }),
    ...(keepsClass(call, context) && { storageClass: source.storageClass }),
  };
  return { plan: kept, target };
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
  const asked = Object.keys(call.headers).some((name) => name === "x-amz-acl" || name.startsWith("x-amz-grant-"));
  return behaviour.aclAfterCopy === "kept" && !asked;
}

function keepsClass(call: Call, { behaviour }: Context): boolean {
  return behaviour.storageClassAfterCopy === "kept" && call.headers["x-amz-storage-class"] === undefined;
}
