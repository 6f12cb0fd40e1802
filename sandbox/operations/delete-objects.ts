import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, children, childText, parseXml, type XmlElement } from "../http/xml.js";
import { type Deletion, deleteVersion } from "../objects/commit-version.js";
import { checkWriteConditions, matchesEtag } from "../objects/conditions.js";
import { currentObject, findBucket } from "../objects/find.js";
import type { Bucket } from "../storage/bucket.js";
import type { Call, Context } from "./operation.js";

const MAX_KEYS = 1000;

type Result = { readonly kind: "Deleted" | "Error"; readonly element: XmlElement };

export async function deleteObjects(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const request = parseXml(await readText(call.body), "Delete");
  const entries = children(request, "Object");
  if (entries.length === 0 || entries.length > MAX_KEYS) {
    throw new S3Error("MalformedXML");
  }
  const bypassGovernance = call.headers["x-amz-bypass-governance-retention"]?.toLowerCase() === "true";
  const results: Result[] = [];
  for (const entry of entries) {
    results.push(await deleteEntry(context, bucket, entry, bypassGovernance));
  }
  const quiet = childText(request, "Quiet")?.trim() === "true";
  const of = (kind: Result["kind"]) => results.filter((result) => result.kind === kind).map(({ element }) => element);
  return xmlAnswer(buildXml("DeleteResult", { Deleted: quiet ? [] : of("Deleted"), Error: of("Error") }));
}

async function deleteEntry(
  context: Context,
  bucket: Bucket,
  entry: XmlElement,
  bypassGovernance: boolean,
): Promise<Result> {
  const key = childText(entry, "Key") ?? "";
  const versionId = childText(entry, "VersionId");
  try {
    checkEtag(context, bucket, key, childText(entry, "ETag"));
    const deletion = await deleteVersion(context, bucket, { key, versionId, bypassGovernance });
    return {
      kind: "Deleted",
      element: {
        Key: key,
        VersionId: versionId,
        DeleteMarker: deletion.isMarker ? true : undefined,
        DeleteMarkerVersionId: deletion.isMarker ? deletion.versionId : undefined,
      },
    };
  } catch (error) {
    if (!(error instanceof S3Error)) {
      throw error;
    }
    return { kind: "Error", element: { Key: key, VersionId: versionId, Code: error.code, Message: error.message } };
  }
}

function checkEtag(context: Context, bucket: Bucket, key: string, etag: string | undefined): void {
  if (etag === undefined || context.behaviour.deleteConditions !== "honoured") {
    return;
  }
  const current = currentObject(bucket, key);
  if (current === undefined || !matchesEtag(etag, current.etag)) {
    throw new S3Error("PreconditionFailed");
  }
}

export async function deleteObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const current = currentObject(bucket, call.key);
  if (call.headers["if-match"] !== undefined) {
    checkWriteConditions(context, call.headers, current, context.behaviour.deleteConditions);
  }
  const deletion = await deleteVersion(context, bucket, {
    key: call.key,
    versionId: call.query.get("versionId"),
    bypassGovernance: call.headers["x-amz-bypass-governance-retention"]?.toLowerCase() === "true",
  });
  return emptyAnswer(204, deletionHeaders(deletion));
}

function deletionHeaders({ versionId, isMarker }: Deletion): Record<string, string> {
  return {
    ...(versionId !== undefined && { "x-amz-version-id": versionId }),
    ...(isMarker && { "x-amz-delete-marker": "true" }),
  };
}
