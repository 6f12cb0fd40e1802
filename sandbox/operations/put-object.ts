import { checksumHeader } from "../body/checksum.js";
import { type Answer, emptyAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { commitObject } from "../objects/commit-version.js";
import { checkWriteConditions } from "../objects/conditions.js";
import { currentObject, findBucket, versionHeader } from "../objects/find.js";
import { checkLockedUpload } from "../objects/lock.js";
import { asRemembered, planObject } from "../objects/object-plan.js";
import { contentEtag, writeEncryptionHeaders } from "../objects/target-encryption.js";
import { NULL_VERSION, type StoredObject } from "../storage/object-version.js";
import { writePiece } from "../storage/pieces.js";
import type { Call, Context } from "./operation.js";

export async function putObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { plan, target } = planObject(asRemembered(call, context.behaviour, "put"), context, bucket, "put");
  checkLockedUpload(call.headers, plan, "Put Object");
  const conditions = context.behaviour.putConditions;
  refuseNamedVersion(call, context, currentObject(bucket, call.key));
  if (conditions === "honoured") {
    // Checked early, so that a rejected upload need not be read to its end.
    checkWriteConditions(
      { ...context, conflicts: () => false },
      call.headers,
      currentObject(bucket, call.key),
      conditions,
    );
  }
  const piece = await writePiece(context.store, call.body.chunks(), target.sealing);
  const { sizeBytes, md5, checksum } = call.body.received();
  const object = {
    ...plan,
    sizeBytes,
    etag: contentEtag(md5, plan.encryption, context.behaviour),
    pieces: [{ ...piece, sizeBytes }],
    ...(checksum && { checksum }),
  };
  try {
    const stored = await commitObject(call, context, bucket, object, conditions);
    return emptyAnswer(200, putHeaders(stored, versionHeader(bucket, stored.versionId), context));
  } catch (error) {
    await context.store.removeBlobs([piece.blobId]);
    throw error;
  }
}

function refuseNamedVersion({ headers }: Call, { behaviour }: Context, current: StoredObject | undefined): void {
  const isRefused = behaviour.putConditionsOnNamedVersions === "refused" && headers["if-match"] !== undefined;
  if (isRefused && current !== undefined && current.versionId !== NULL_VERSION) {
    throw new S3Error("PreconditionFailed", { fields: { Condition: "If-Match" } });
  }
}

function putHeaders(stored: StoredObject, version: Record<string, string>, context: Context): Record<string, string> {
  const { checksum } = stored;
  return {
    etag: `"${stored.etag}"`,
    ...version,
    ...writeEncryptionHeaders(stored.encryption, context.behaviour),
    ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type }),
  };
}
