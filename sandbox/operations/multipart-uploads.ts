import { randomBytes } from "node:crypto";
import { readAlgorithm } from "../body/checksum.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, type XmlElement } from "../http/xml.js";
import { commonPrefix, encodeKey, listedTime, nextPage, readListRequest } from "../listing/page.js";
import { writeOwner } from "../objects/acl.js";
import { findBucket, findUpload } from "../objects/find.js";
import { asRemembered, planObject } from "../objects/object-plan.js";
import { writeEncryptionHeaders } from "../objects/target-encryption.js";
import { ownerById } from "../storage/acl.js";
import type { MultipartUpload } from "../storage/bucket.js";
import { compareKeys } from "../storage/key-index.js";
import type { Call, Context } from "./operation.js";

export async function abortMultipartUpload(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const upload = findUpload(bucket, call);
  await context.store.commit(bucket, { kind: "upload-end", uploadId: upload.uploadId });
  await context.store.removeBlobs([...upload.parts.values()].map(({ piece }) => piece.blobId));
  return emptyAnswer(204);
}

export function listParts(call: Call, context: Context): Answer {
  const upload = findUpload(findBucket(context, call.bucket), call);
  const request = readListRequest(call, context, "max-parts");
  const marker = Number(call.query.get("part-number-marker") ?? "0");
  const all = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((left, right) => left.number - right.number);
  const page = all.slice(0, request.maxKeys);
  const person = writeOwner(ownerById(upload.plan.ownerId));
  const body = {
    Bucket: call.bucket,
    Key: encodeKey(call.key, request),
    UploadId: upload.uploadId,
    Initiator: person,
    Owner: person,
    StorageClass: upload.plan.storageClass,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number,
    MaxParts: request.maxKeys,
    IsTruncated: page.length < all.length,
    ChecksumAlgorithm: upload.checksumAlgorithm,
    ChecksumType: upload.checksumType,
    Part: page.map(({ number, lastModified, etag, piece, checksum }) => ({
      PartNumber: number,
      LastModified: listedTime(lastModified),
      ETag: `"${etag}"`,
      Size: piece.sizeBytes,
      ...(checksum !== undefined && { [`Checksum${upload.checksumAlgorithm}`]: checksum }),
    })),
  };
  return xmlAnswer(buildXml("ListPartsResult", body));
}

export function listMultipartUploads(call: Call, context: Context): Answer {
  const bucket = findBucket(context, call.bucket);
  const request = readListRequest(call, context, "max-uploads");
  const keyMarker = call.query.get("key-marker") ?? "";
  const idMarker = call.query.get("upload-id-marker") ?? "";
  const { uploadListing } = context.behaviour;
  const isEncodedUnsaid = uploadListing === "encoded-unsaid";
  const listed = uploadListing === "empty" ? [] : [...bucket.uploads.values()];
  const matching = listed.filter(({ plan }) => plan.key.startsWith(request.prefix)).sort(byKeyThenTime);
  const rest = matching.slice(startOf(matching, keyMarker, idMarker));
  const single = rest.filter(({ plan }) => commonPrefix(plan.key, request) === undefined);
  const page = single.slice(0, request.maxKeys);
  const prefixes = new Set(rest.flatMap(({ plan }) => commonPrefix(plan.key, request) ?? []));
  const isTruncated = page.length < single.length;
  const last = isTruncated ? page.at(-1) : undefined;
  const next = nextPage(last?.plan.key, page.length, context);
  return xmlAnswer(
    buildXml("ListMultipartUploadsResult", {
      Bucket: call.bucket,
      KeyMarker: encodeKey(keyMarker, request),
      UploadIdMarker: idMarker,
      NextKeyMarker: next === undefined ? undefined : encodeKey(next, request),
      NextUploadIdMarker: next === last?.plan.key ? last?.uploadId : undefined,
      Prefix: encodeKey(request.prefix, request),
      Delimiter: request.delimiter === "" ? undefined : request.delimiter,
      EncodingType: isEncodedUnsaid ? undefined : request.encodingType,
      MaxUploads: request.maxKeys,
      IsTruncated: next !== undefined,
      Upload: page.map((upload) => describe(upload, encodeKey(upload.plan.key, request))),
      CommonPrefixes: [...prefixes].map((prefix) => ({ Prefix: encodeKey(prefix, request) })),
    }),
  );
}

function byKeyThenTime(left: MultipartUpload, right: MultipartUpload): number {
  return compareKeys(left.plan.key, right.plan.key) || left.startedAt - right.startedAt;
}

function startOf(uploads: readonly MultipartUpload[], keyMarker: string, idMarker: string): number {
  if (keyMarker === "") {
    return 0;
  }
  const same = uploads.findIndex(({ plan, uploadId }) => plan.key === keyMarker && uploadId === idMarker);
  if (same >= 0) {
    return same + 1;
  }
  const above = uploads.findIndex(({ plan }) => compareKeys(plan.key, keyMarker) > 0);
  return above < 0 ? uploads.length : above;
}

function describe(
  { uploadId, startedAt, plan, checksumAlgorithm, checksumType }: MultipartUpload,
  key: string,
): XmlElement {
  const person = writeOwner(ownerById(plan.ownerId));
  return {
    Key: key,
    UploadId: uploadId,
    Initiator: person,
    Owner: person,
    StorageClass: plan.storageClass,
    Initiated: listedTime(startedAt),
    ChecksumAlgorithm: checksumAlgorithm,
    ChecksumType: checksumType,
  };
}

export async function createMultipartUpload(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { plan } = planObject(asRemembered(call, context.behaviour, "upload"), context, bucket, "put");
  const checksumAlgorithm = readAlgorithm(call.headers);
  const asked = call.headers["x-amz-checksum-type"]?.toUpperCase();
  if (asked === "FULL_OBJECT" && checksumAlgorithm?.startsWith("SHA")) {
    const message = `The FULL_OBJECT checksum type cannot be used with the ${checksumAlgorithm.toLowerCase()} checksum algorithm.`;
    throw new S3Error("InvalidRequest", { message });
  }
  // CRC-64/NVME is never composite.
  const checksumType = checksumAlgorithm === "CRC64NVME" || asked === "FULL_OBJECT" ? "FULL_OBJECT" : "COMPOSITE";
  const uploadId = randomBytes(24).toString("base64url");
  const upload = {
    uploadId,
    startedAt: context.now(),
    plan,
    ...(checksumAlgorithm && { checksumAlgorithm, checksumType: checksumType as "FULL_OBJECT" | "COMPOSITE" }),
  };
  await context.store.commit(bucket, { kind: "upload", upload });
  return xmlAnswer(
    buildXml("InitiateMultipartUploadResult", { Bucket: call.bucket, Key: call.key, UploadId: uploadId }),
    {
      ...writeEncryptionHeaders(plan.encryption, context.behaviour),
      ...(checksumAlgorithm && {
        "x-amz-checksum-algorithm": checksumAlgorithm,
        "x-amz-checksum-type": checksumType,
      }),
    },
  );
}
