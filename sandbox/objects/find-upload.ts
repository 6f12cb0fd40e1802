import { S3Error } from "../http/s3-error.js";
import type { Call } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { MultipartUpload } from "../storage/multipart-upload.js";

const MAX_PARTS = 10_000;

export function findUpload(bucket: Bucket, call: Call): MultipartUpload {
  const uploadId = call.query.get("uploadId") ?? "";
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined || upload.plan.key !== call.key) {
    throw new S3Error("NoSuchUpload", { fields: { UploadId: uploadId } });
  }
  return upload;
}

export function readPartNumber(call: Call): number {
  const number = Number(call.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new S3Error("InvalidArgument", {
      message: `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
      fields: { ArgumentName: "partNumber", ArgumentValue: call.query.get("partNumber") ?? "" },
    });
  }
  return number;
}
