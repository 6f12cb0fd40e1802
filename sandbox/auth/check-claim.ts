import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";
import { parseTimestamp, type SignatureClaim } from "./credential.js";

const MAX_SKEW_MS = 15 * 60 * 1000;

export function checkRegion(claim: SignatureClaim, region: string): void {
  if (claim.region === region) {
    return;
  }
  const code = claim.kind === "header" ? "AuthorizationHeaderMalformed" : "AuthorizationQueryParametersError";
  throw new S3Error(code, {
    message: `The authorization header is malformed; the region '${claim.region}' is wrong; expecting '${region}'`,
    fields: { Region: region },
  });
}

/** The time of signing, when it is near enough to now. */
export function checkTime(claim: SignatureClaim, now: number): Date {
  const signed = parseTimestamp(claim.timestamp);
  if (!claim.timestamp.startsWith(claim.scopeDate) || Number.isNaN(signed)) {
    throw new S3Error("AuthorizationHeaderMalformed", { message: "Invalid credential date" });
  }
  if (claim.kind === "presigned" && now > signed + claim.expiresSeconds * 1000) {
    throw new S3Error("AccessDenied", { message: "Request has expired" });
  }
  const tooEarly = signed > now + MAX_SKEW_MS;
  if (tooEarly || (claim.kind === "header" && now > signed + MAX_SKEW_MS)) {
    const fields = { RequestTime: claim.timestamp, ServerTime: new Date(now).toISOString() };
    throw new S3Error("RequestTimeTooSkewed", { fields });
  }
  return new Date(signed);
}

// What a presigned SSE-C URL is used with need not be known when it is signed.
const MAY_BE_UNSIGNED = new Set([
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-server-side-encryption-customer-key",
  "x-amz-server-side-encryption-customer-key-md5",
]);

export function checkAllSigned(headers: RequestHeaders, signed: readonly string[]): void {
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith("x-amz-") && !signed.includes(name) && !MAY_BE_UNSIGNED.has(name),
  );
  if (unsigned.length > 0) {
    throw new S3Error("AccessDenied", {
      message: "There were headers present in the request which were not signed",
      fields: { HeadersNotSigned: unsigned.join(", ") },
    });
  }
}
