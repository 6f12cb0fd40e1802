import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or HMAC-SHA-256 with a secret, with the interface that the signing library expects. */
export class NodeSha256 {
  #hash: Hash | Hmac;
  readonly #secret: Data | undefined;

  constructor(secret?: Data) {
    this.#secret = secret;
    this.#hash = begin(secret);
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = begin(this.#secret);
  }
}

function begin(secret: Data | undefined): Hash | Hmac {
  if (secret === undefined) {
    return createHash("sha256");
  }
  if (typeof secret === "string") {
    return createHmac("sha256", secret);
  }
  const bytes = ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
  return createHmac("sha256", bytes);
}

/** The claim about a request's signer, from its header or query. */
export interface SignatureClaim {
  readonly kind: "header" | "presigned";
  readonly accessKeyId: string;
  readonly region: string;
  readonly scopeDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** For example `20261123T101500Z`. */
  readonly timestamp: string;
  /** Validity of a presigned URL in seconds. */
  readonly expiresSeconds: number;
}

interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly scopeDate: string;
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]+)$/;

export function readAuthorization(header: string, timestamp: string | undefined): SignatureClaim {
  checkMechanism(header);
  const [, credential, signedHeaders, signature] = AUTHORIZATION.exec(header) ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw new S3Error("AuthorizationHeaderMalformed");
  }
  if (timestamp === undefined) {
    throw new S3Error("AccessDenied", { message: "AWS authentication requires a valid Date or x-amz-date header" });
  }
  const scope = readScope(credential, "AuthorizationHeaderMalformed");
  const names = signedHeaders.split(";");
  return { kind: "header", ...scope, signedHeaders: names, signature, timestamp, expiresSeconds: 0 };
}

function checkMechanism(header: string): void {
  if (header.startsWith("AWS4-HMAC-SHA256")) {
    return;
  }
  // Signature version 2, which regions since 2014 do not accept.
  if (/^AWS [^: ]+:[^ ]+$/.test(header)) {
    throw new S3Error("InvalidRequest", {
      message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    });
  }
  throw new S3Error("InvalidArgument", {
    message: "Unsupported Authorization Type",
    fields: { ArgumentName: "Authorization", ArgumentValue: header },
  });
}

const MAX_EXPIRES_SECONDS = 7 * 24 * 3600;

export function readPresigned(query: ReadonlyMap<string, string>): SignatureClaim {
  const parameter = (name: string) => query.get(name) ?? "";
  const expiresSeconds = Number(parameter("X-Amz-Expires"));
  const timestamp = parameter("X-Amz-Date");
  const inTime = Number.isInteger(expiresSeconds) && expiresSeconds >= 1 && expiresSeconds <= MAX_EXPIRES_SECONDS;
  if (!inTime) {
    throw new S3Error("AccessDenied", { message: "X-Amz-Expires must be from 1 to 604800 seconds" });
  }
  if (timestamp === "" || parameter("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    throw new S3Error("AuthorizationQueryParametersError", {
      message: "X-Amz-Algorithm and X-Amz-Date must be valid",
    });
  }
  return {
    kind: "presigned",
    ...readScope(parameter("X-Amz-Credential"), "AuthorizationQueryParametersError"),
    signedHeaders: parameter("X-Amz-SignedHeaders").split(";"),
    signature: parameter("X-Amz-Signature"),
    timestamp,
    expiresSeconds,
  };
}

type Malformed = "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError";

function readScope(credential: string, malformed: Malformed): Scope {
  const parts = credential.split("/");
  const [scopeDate, region, service, end] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  if (scopeDate === undefined || region === undefined || service !== "s3" || end !== "aws4_request") {
    throw new S3Error(malformed, { message: "The Credential must be KEY/YYYYMMDD/REGION/s3/aws4_request" });
  }
  return { accessKeyId, region, scopeDate };
}

/** Milliseconds since 1970 of `20261123T101500Z`; NaN for any other format. */
function parseTimestamp(timestamp: string): number {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (found === null) {
    return Number.NaN;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

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

/** The time of signing, if it is close enough to now. */
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

// The key used with a presigned SSE-C URL need not be known when the URL is signed.
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
