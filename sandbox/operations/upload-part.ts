import type { Behaviour } from "../behaviour.js";
import { checksumHeader } from "../body/checksum.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml } from "../http/xml.js";
import { checkCopySource } from "../objects/conditions.js";
import { type CopySource, findCopySource, storeCopy } from "../objects/copy-source.js";
import { findBucket, findUpload, readPartNumber } from "../objects/find.js";
import { checkKmsReadable } from "../objects/kms-keys.js";
import { checkLockedUpload } from "../objects/lock.js";
import { contentEtag, writeEncryptionHeaders } from "../objects/target-encryption.js";
import { partSealing } from "../objects/upload-parts.js";
import type { MultipartUpload } from "../storage/bucket.js";
import { type ByteRange, writePiece } from "../storage/pieces.js";
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

export async function uploadPartCopy(call: Call, context: Context): Promise<Answer> {
  const { store, behaviour } = context;
  if (behaviour.uploadPartCopy === "not-implemented") {
    throw new S3Error("NotImplemented");
  }
  const bucket = findBucket(context, call.bucket);
  const number = readPartNumber(call);
  const upload = findUpload(bucket, call);
  const source = findCopySource(call, context, behaviour.partSource);
  checkKmsReadable(call, context, source.object);
  refuseCustomerKeys(source, upload, behaviour);
  checkCopySource(call.headers, source.object, behaviour.uploadPartCopyConditions);
  const asked = sourceRange(call, source, behaviour);
  const range = behaviour.copiedBytes === "all" ? asked : { ...asked, end: Math.min(asked.end, asked.start + 10) };
  const sealing = partSealing(store, bucket, upload, call.headers);
  const copy = await storeCopy(context, source, range, sealing, upload.checksumAlgorithm);
  if (!bucket.uploads.has(upload.uploadId)) {
    await store.removeBlobs([copy.piece.blobId]);
    throw new S3Error("NoSuchUpload", { fields: { UploadId: upload.uploadId } });
  }
  const { piece, checksum } = copy;
  const lastModified = context.now();
  const etag = contentEtag(copy.md5, upload.plan.encryption, behaviour);
  const part = { number, etag, lastModified, piece, ...(checksum && { checksum: checksum.value }) };
  await store.commit(bucket, { kind: "part", uploadId: upload.uploadId, part });
  const body = buildXml("CopyPartResult", {
    LastModified: new Date(lastModified).toISOString(),
    ETag: `"${etag}"`,
    ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
  });
  const versioned = source.bucket.facts.versioning !== "off";
  return xmlAnswer(body, {
    ...writeEncryptionHeaders(upload.plan.encryption, behaviour),
    ...(versioned && { "x-amz-copy-source-version-id": source.object.versionId }),
  });
}

function refuseCustomerKeys({ object }: CopySource, { plan }: MultipartUpload, behaviour: Behaviour): void {
  const hasKey = object.encryption.kind === "sse-c" || plan.encryption.kind === "sse-c";
  if (behaviour.partCopyOfCustomerKeys !== "refused" || !hasKey) return;
  const message =
    "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.";
  throw new S3Error("InvalidArgument", { message });
}

function sourceRange(call: Call, { object }: CopySource, { maxCopyBytes, partBeyondSource }: Behaviour): ByteRange {
  const header = call.headers["x-amz-copy-source-range"];
  const whole = { start: 0, end: object.sizeBytes };
  const range = header === undefined ? whole : parseSourceRange(header, object.sizeBytes, partBeyondSource);
  if (range.end - range.start > maxCopyBytes) {
    throw new S3Error("InvalidRequest", {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
    });
  }
  return range;
}

function parseSourceRange(header: string, sizeBytes: number, beyond: Behaviour["partBeyondSource"]): ByteRange {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const start = Number(first);
  const end = Number(last) + 1;
  if (first === undefined || start >= end) {
    throw new S3Error("InvalidArgument", {
      message:
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      fields: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    });
  }
  if (end > sizeBytes && beyond === "InvalidRange") {
    throw new S3Error("InvalidRange");
  }
  if (end > sizeBytes) {
    throw new S3Error(beyond, {
      message: `Range specified is not valid for source object of size: ${sizeBytes}`,
      fields: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    });
  }
  return { start, end };
}
