import { createHash } from "node:crypto";
import { readText } from "../body/request-body.js";
import { type Answer, xmlAnswer } from "../http/answer.js";
import { buildXml, parseXml } from "../http/xml.js";
import { commitObject } from "../objects/commit-version.js";
import { findBucket, findUpload, versionHeader } from "../objects/find.js";
import { writeEncryptionHeaders } from "../objects/target-encryption.js";
import { chooseParts, multipartChecksum, partSealing } from "../objects/upload-parts.js";
import type { Bucket, MultipartUpload, UploadedPart } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import type { Call, Context } from "./operation.js";

export async function completeMultipartUpload(call: Call, context: Context): Promise<Answer> {
  const { store, behaviour } = context;
  const bucket = findBucket(context, call.bucket);
  const request = parseXml(await readText(call.body), "CompleteMultipartUpload");
  const before = completedBefore(bucket, call);
  if (before !== undefined) {
    return completionAnswer(call, context, bucket, before);
  }
  const upload = findUpload(bucket, call);
  requireCustomerKey(call, context, bucket, upload);
  const parts = chooseParts(upload, request, behaviour.minPartBytes);
  const checksum = await multipartChecksum(call, context, bucket, upload, parts);
  // Reading the parts took time, so another request may have ended the upload.
  findUpload(bucket, call);
  const object = {
    ...upload.plan,
    sizeBytes: parts.reduce((sum, { piece }) => sum + piece.sizeBytes, 0),
    etag: multipartEtag(parts),
    pieces: parts.map(({ piece }) => piece),
    uploadId: upload.uploadId,
    parts: parts.map(({ piece, checksum: value }) => ({
      sizeBytes: piece.sizeBytes,
      ...(value !== undefined && { checksum: value }),
    })),
    ...(checksum && { checksum }),
  };
  const ended = { kind: "upload-end", uploadId: upload.uploadId } as const;
  const stored = await commitObject(call, context, bucket, object, behaviour.completeConditions, ended);
  const chosen = new Set(parts);
  const unused = [...upload.parts.values()].filter((part) => !chosen.has(part));
  await store.removeBlobs(unused.map(({ piece }) => piece.blobId));
  return completionAnswer(call, context, bucket, stored);
}

/** The object of an upload that was already completed, if it still exists. */
function completedBefore({ uploads, versions }: Bucket, { key, query }: Call): StoredObject | undefined {
  const uploadId = query.get("uploadId") ?? "";
  const found = uploads.has(uploadId)
    ? undefined
    : versions.get(key)?.find((version) => version.kind === "object" && version.uploadId === uploadId);
  return found?.kind === "object" ? found : undefined;
}

function requireCustomerKey(call: Call, context: Context, bucket: Bucket, upload: MultipartUpload): void {
  if (context.behaviour.completeNeedsCustomerKey && upload.plan.encryption.kind === "sse-c") {
    partSealing(context.store, bucket, upload, call.headers);
  }
}

function completionAnswer(call: Call, { behaviour }: Context, bucket: Bucket, stored: StoredObject): Answer {
  const { checksum } = stored;
  const body = buildXml("CompleteMultipartUploadResult", {
    Location: `/${call.bucket}/${call.key}`,
    Bucket: call.bucket,
    Key: call.key,
    ETag: `"${stored.etag}"`,
    ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
  });
  return xmlAnswer(body, {
    ...versionHeader(bucket, stored.versionId),
    ...writeEncryptionHeaders(stored.encryption, behaviour),
  });
}

/** The MD5 of the MD5s of the parts, followed by their number. */
function multipartEtag(parts: readonly UploadedPart[]): string {
  const md5 = createHash("md5");
  for (const { etag } of parts) {
    md5.update(Buffer.from(etag, "hex"));
  }
  return `${md5.digest("hex")}-${parts.length}`;
}
