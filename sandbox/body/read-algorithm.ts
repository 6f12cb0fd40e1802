import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";
import type { ChecksumAlgorithm } from "../storage/object-version.js";
import { CHECKSUM_ALGORITHMS } from "./checksum.js";

/** `x-amz-checksum-algorithm`: what a copy or a multipart upload is to compute. */
export function readAlgorithm(headers: RequestHeaders): ChecksumAlgorithm | undefined {
  const name = headers["x-amz-checksum-algorithm"]?.toUpperCase();
  if (name === undefined) {
    return undefined;
  }
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name);
  if (found === undefined) {
    throw new S3Error("InvalidRequest", {
      message: `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`,
    });
  }
  return found;
}
