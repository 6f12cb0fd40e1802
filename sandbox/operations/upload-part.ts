import { checksumHeader } from "../body/checksum.js";
import { type Answer, emptyAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { contentEtag } from "../objects/content-etag.js";
import { findBucket } from "../objects/find.js";
import { findUpload, readPartNumber } from "../objects/find-upload.js";
import { checkLockedUpload } from "../objects/lock.js";
import { partSealing } from "../objects/part-sealing.js";
import { writeEncryptionHeaders } from "../objects/target-encryption.js";
import { writePiece } from "../storage/pieces.js";
import type { Call, Context } from "./operation.js";

export async function uploadPart(call: Call, context: Context): Promise<Answer> {
  const { store } = context;
  const bucket = findBucket(context, call.bucket);
  const number = readPartNumber(call);
  const upload = findUpload(bucket, call);
  checkLockedUpload(call.headers, upload.plan, "Put Part");
  const sealing = partSealing(store, bucket, upload, call.headers);
  const written = await writePiece(store, call.body.chunks(), sealing);
  const { sizeBytes, md5, checksum } = call.body.received();
  if (!bucket.uploads.has(upload.uploadId)) {
    await store.removeBlobs([written.blobId]);
    throw new S3Error("NoSuchUpload", { fields: { UploadId: upload.uploadId } });
  }
  const etag = contentEtag(md5, upload.plan.encryption, context.behaviour);
  const part = {
    number,
    etag,
    lastModified: context.now(),
    piece: { ...written, sizeBytes },
    ...(checksum !== undefined && checksum.algorithm === upload.checksumAlgorithm && { checksum: checksum.value }),
  };
  await store.commit(bucket, { kind: "part", uploadId: upload.uploadId, part });
  return emptyAnswer(200, {
    etag: `"${etag}"`,
    ...writeEncryptionHeaders(upload.plan.encryption, context.behaviour),
    ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value }),
  });
}
