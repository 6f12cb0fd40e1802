import { checksumHeader, startChecksum } from "../body/checksum.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { MultipartUpload, UploadedPart } from "../storage/multipart-upload.js";
import type { Checksum, ChecksumAlgorithm } from "../storage/object-version.js";
import { readPieces, type Sealing } from "../storage/pieces.js";
import { partSealing } from "./part-sealing.js";

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

// The bytes of an SSE-C upload can be read only where the complete request brings the key again.
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
