import type { StoreErrorKind } from "./store-error.js";

const KIND_BY_CODE: Readonly<Record<string, StoreErrorKind>> = {
  CredentialsProviderError: "no-credentials",
  InvalidAccessKeyId: "invalid-credentials",
  SignatureDoesNotMatch: "invalid-credentials",
  ExpiredToken: "expired-credentials",
  ExpiredTokenException: "expired-credentials",
  InvalidToken: "expired-credentials",
  TokenRefreshRequired: "expired-credentials",
  RequestTimeTooSkewed: "clock-skew",
  AccessDenied: "access-denied",
  AllAccessDisabled: "access-denied",
  AuthorizationHeaderMalformed: "wrong-region",
  PermanentRedirect: "wrong-region",
  IllegalLocationConstraintException: "wrong-region",
  NoSuchBucket: "no-such-bucket",
  NoSuchKey: "not-found",
  NoSuchVersion: "not-found",
  NoSuchUpload: "not-found",
  NotFound: "not-found",
  PreconditionFailed: "precondition-failed",
  InvalidRange: "out-of-range",
  ConditionalRequestConflict: "conflict",
  OperationAborted: "conflict",
  SlowDown: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  TooManyRequests: "throttled",
  RequestLimitExceeded: "throttled",
  ServiceUnavailable: "throttled",
  InternalError: "server-error",
  RequestTimeout: "unreachable",
  NotImplemented: "not-implemented",
  InvalidObjectState: "archived",
  EntityTooLarge: "too-large",
  HttpsExpected: "wrong-scheme",
  HttpExpected: "wrong-scheme",
  BadProxy: "proxy",
  ProxyRefused: "proxy",
  ProxyFailed: "unreachable",
};

const KIND_BY_STATUS: Readonly<Record<number, StoreErrorKind>> = {
  301: "wrong-region",
  307: "wrong-region",
  400: "bad-request",
  403: "access-denied",
  404: "not-found",
  409: "conflict",
  412: "precondition-failed",
  416: "out-of-range",
  429: "throttled",
  500: "server-error",
  501: "not-implemented",
  502: "server-error",
  503: "throttled",
  504: "server-error",
};

const TLS_CODE = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|HOSTNAME_MISMATCH)/;
const SOCKET_CODE = /^(E[A-Z]+|UND_ERR_.*|TimeoutError|NetworkingError)$/;
/** The one refusal of a copy whose code says nothing of its size. */
const TOO_LARGE_MESSAGE = /maximum allowable size/i;

/** S3 says so of a part's source as of any argument. */
const OUT_OF_RANGE_MESSAGE = /range specified is not valid for source object/i;

/** Nor has this one a code of its own. */
const ILLEGAL_SELF_COPY_MESSAGE = /cop(y|ied) .*itself without chang/i;

/** Names an error by its S3 code first, then its HTTP status, then the socket's code. */
export function classifyError(code: string, status: number | null, message: string): StoreErrorKind {
  if (TOO_LARGE_MESSAGE.test(message)) return "too-large";
  if (ILLEGAL_SELF_COPY_MESSAGE.test(message)) return "illegal-self-copy";
  if (OUT_OF_RANGE_MESSAGE.test(message)) return "out-of-range";
  const byCode = KIND_BY_CODE[code];
  if (byCode !== undefined) return byCode;
  if (status !== null && status >= 300) return KIND_BY_STATUS[status] ?? (status >= 500 ? "server-error" : "other");
  if (TLS_CODE.test(code)) return "tls";
  return SOCKET_CODE.test(code) ? "unreachable" : "other";
}
