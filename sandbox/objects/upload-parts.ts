import { checksumHeader, startChecksum } from "../body/checksum.js";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import { children, childText, type XmlElement } from "../http/xml.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket, MultipartUpload, UploadedPart } from "../storage/bucket.js";
import type { Checksum, ChecksumAlgorithm } from "../storage/object-version.js";
import { readPieces, type Sealing } from "../storage/pieces.js";
import type { Store } from "../storage/store.js";
import { readCustomerKey } from "./customer-key.js";

/** The parts that a complete request names, in its order, if all exist and are large enough. */
export function chooseParts(
  upload: MultipartUpload,
  request: XmlElement,
  minPartBytes: number,
): readonly UploadedPart[] {
  const named = children(request, "Part");
  if (named.length === 0) {
    throw new S3Error("MalformedXML");
  }
  const parts = lastOfEach(named).map((element) => findPart(upload, element));
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    if (before !== undefined && before.number >= part.number) {
      throw new S3Error("InvalidPartOrder", { fields: { UploadId: upload.uploadId } });
    }
    if (before !== undefined && before.piece.sizeBytes < minPartBytes) {
      throw new S3Error("EntityTooSmall", {
        fields: {
          ProposedSize: String(before.piece.sizeBytes),
          MinSizeAllowed: String(minPartBytes),
          PartNumber: String(before.number),
          ETag: before.etag,
        },
      });
    }
  }
  return parts;
}

/** A part that was sent again may be listed again: its last line counts. */
function lastOfEach(named: readonly XmlElement[]): readonly XmlElement[] {
  return named.filter((element, index) => {
    const next = named[index + 1];
    return next === undefined || childText(next, "PartNumber") !== childText(element, "PartNumber");
  });
}

function findPart(upload: MultipartUpload, element: XmlElement): UploadedPart {
  const number = Number(childText(element, "PartNumber"));
  const etag = childText(element, "ETag")?.trim().replace(/^"|"$/g, "");
  const part = upload.parts.get(number);
  const algorithm = upload.checksumAlgorithm;
  const checksum = algorithm === undefined ? undefined : childText(element, `Checksum${algorithm}`)?.trim();
  if (part === undefined || part.etag !== etag || (checksum !== undefined && part.checksum !== checksum)) {
    throw new S3Error("InvalidPart", {
      fields: { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag ?? "" },
    });
  }
  return part;
}

/** The checksum of a multipart object: over the checksums of its parts, or over all its bytes. */
export async function multipartChecksum(
  call: Call,
  context: Context,
  bucket: Bucket,
  upload: MultipartUpload,
  parts: readonly UploadedPart[],
): Promise<Checksum | undefined> {
  const { checksumAlgorithm: algorithm } = upload;
  if (algorithm === undefined) {
    return undefined;
  }
  const computed = await computeChecksum(call, context, bucket, upload, parts, algorithm);
  const announced = call.headers[checksumHeader(algorithm)];
  if (announced !== undefined && computed !== undefined && announced !== computed.value) {
    throw new S3Error("BadDigest", {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  }
  return computed;
}

async function computeChecksum(
  call: Call,
  context: Context,
  bucket: Bucket,
  upload: MultipartUpload,
  parts: readonly UploadedPart[],
  algorithm: ChecksumAlgorithm,
): Promise<Checksum | undefined> {
  if (upload.checksumType === "FULL_OBJECT") {
    const sealing = fullObjectSealing(call, context, bucket, upload);
    return sealing === undefined ? undefined : overBytes(context, parts, algorithm, sealing);
  }
  return overParts(parts, algorithm);
}

// The bytes of an SSE-C upload are only readable if the complete request includes the key again.
function fullObjectSealing(call: Call, context: Context, bucket: Bucket, upload: MultipartUpload): Sealing | undefined {
  const withoutKey = call.headers["x-amz-server-side-encryption-customer-key"] === undefined;
  return upload.plan.encryption.kind === "sse-c" && withoutKey
    ? undefined
    : partSealing(context.store, bucket, upload, call.headers);
}

async function overBytes(
  { store }: Context,
  parts: readonly UploadedPart[],
  algorithm: ChecksumAlgorithm,
  sealing: Sealing,
): Promise<Checksum> {
  const pieces = parts.map(({ piece }) => piece);
  const end = pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const checksum = startChecksum(algorithm);
  const key = sealing.kind === "key" ? sealing.key : undefined;
  for await (const chunk of readPieces(store, pieces, { start: 0, end }, key)) {
    checksum.update(chunk);
  }
  return { algorithm, value: await checksum.finish(), type: "FULL_OBJECT" };
}

async function overParts(parts: readonly UploadedPart[], algorithm: ChecksumAlgorithm): Promise<Checksum> {
  const checksum = startChecksum(algorithm);
  for (const { number, checksum: value } of parts) {
    if (value === undefined) {
      throw new S3Error("InvalidRequest", {
        message: `The upload was created using the ${algorithm.toLowerCase()} checksum mode. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      });
    }
    checksum.update(Buffer.from(value, "base64"));
  }
  return { algorithm, value: `${await checksum.finish()}-${parts.length}`, type: "COMPOSITE" };
}

/** The encryption of an upload's parts. SSE-C parts include the key that the upload was created with. */
export function partSealing(store: Store, bucket: Bucket, upload: MultipartUpload, headers: RequestHeaders): Sealing {
  const { encryption } = upload.plan;
  const customer = readCustomerKey(headers);
  switch (encryption.kind) {
    case "none":
      refuseKey(customer !== undefined);
      return { kind: "none" };
    case "sse-s3":
    case "sse-kms":
      refuseKey(customer !== undefined);
      return { kind: "key", key: store.keyRing.bucketKey(bucket.facts.wrappedKey) };
    case "sse-c":
      if (customer === undefined) {
        throw new S3Error("InvalidRequest", {
          message:
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
        });
      }
      if (customer.md5 !== encryption.keyMd5) {
        throw new S3Error("InvalidRequest", {
          message: "The provided encryption parameters did not match the ones used originally.",
        });
      }
      return { kind: "key", key: customer.key };
  }
}

function refuseKey(given: boolean): void {
  if (given) {
    throw new S3Error("InvalidRequest", {
      message:
        "The multipart upload initiate did not request encryption. Please resend the request without sending encryption parameters.",
    });
  }
}
