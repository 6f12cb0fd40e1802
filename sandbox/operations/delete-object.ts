import { type Answer, emptyAnswer } from "../http/answer.js";
import { checkWriteConditions } from "../objects/conditions.js";
import { type Deletion, deleteVersion } from "../objects/delete-version.js";
import { currentObject, findBucket } from "../objects/find.js";
import type { Call, Context } from "./operation.js";

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
