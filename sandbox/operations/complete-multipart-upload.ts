import { createHash } from "node:crypto";
import { readText } from "../body/request-body.js";
import { type Answer, xmlAnswer } from "../http/answer.js";
import { buildXml, parseXml } from "../http/xml.js";
import { chooseParts } from "../objects/choose-parts.js";
import { commitObject } from "../objects/commit-object.js";
import { findBucket, versionHeader } from "../objects/find.js";
import { findUpload } from "../objects/find-upload.js";
import { multipartChecksum } from "../objects/multipart-checksum.js";
import { writeEncryptionHeaders } from "../objects/target-encryption.js";
import type { UploadedPart } from "../storage/multipart-upload.js";
import type { Call, Context } from "./operation.js";

export async function completeMultipartUpload(call: Call, context: Context): Promise<Answer> {
  const { store, behaviour } = context;
  const bucket = findBucket(context, call.bucket);
  const request = parseXml(await readText(call.body), "CompleteMultipartUpload");
  const upload = findUpload(bucket, call);
  const parts = chooseParts(upload, request, behaviour.minPartBytes);
  const checksum = await multipartChecksum(call, context, bucket, upload, parts);
  // Reading the parts took time; another request may have ended the upload meanwhile.
  findUpload(bucket, call);
  const object = {
    ...upload.plan,
    sizeBytes: parts.reduce((sum, { piece }) => sum + piece.sizeBytes, 0),
    etag: multipartEtag(parts),
    pieces: parts.map(({ piece }) => piece),
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

/** The MD5 of the MD5s of the parts, and how many there are. */
function multipartEtag(parts: readonly UploadedPart[]): string {
  const md5 = createHash("md5");
  for (const { etag } of parts) {
    md5.update(Buffer.from(etag, "hex"));
  }
  return `${md5.digest("hex")}-${parts.length}`;
}
