import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";

/** The account that owns every bucket of a sandbox. */
export const ACCOUNT_ID = "000000000000";

/** Refuses a request that says whose bucket it means, where that is somebody else's. */
export function checkExpectedOwner(headers: RequestHeaders): void {
  for (const name of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const expected = headers[name];
    if (expected !== undefined && expected !== ACCOUNT_ID) {
      throw new S3Error("AccessDenied");
    }
  }
}
