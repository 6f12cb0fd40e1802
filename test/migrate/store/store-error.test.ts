import { describe, expect, test } from "vitest";
import { classifyError, retryAfter } from "../../../migrate/store/store-error.js";

describe("classifyError", () => {
  test.each([
    ["NoSuchBucket", 404, "no-such-bucket"],
    ["NoSuchKey", 404, "not-found"],
    ["NoSuchUpload", 404, "not-found"],
    ["AccessDenied", 403, "access-denied"],
    ["InvalidAccessKeyId", 403, "invalid-credentials"],
    ["SignatureDoesNotMatch", 403, "invalid-credentials"],
    ["ExpiredToken", 400, "expired-credentials"],
    ["InvalidToken", 400, "expired-credentials"],
    ["RequestTimeTooSkewed", 403, "clock-skew"],
    ["InvalidObjectState", 403, "archived"],
    ["PreconditionFailed", 412, "precondition-failed"],
    ["ConditionalRequestConflict", 409, "conflict"],
    ["SlowDown", 503, "throttled"],
    ["RequestTimeout", 400, "unreachable"],
    ["EntityTooLarge", 400, "too-large"],
    ["NotImplemented", 501, "not-implemented"],
    ["AuthorizationHeaderMalformed", 400, "wrong-region"],
    ["CredentialsProviderError", null, "no-credentials"],
  ])("uses the code if it is more specific than the status: %s (%s) is %s", (code, status, kind) => {
    expect(classifyError(code, status, "")).toBe(kind);
  });

  test.each([
    [301, "wrong-region"],
    [400, "bad-request"],
    [403, "access-denied"],
    [404, "not-found"],
    [409, "conflict"],
    [412, "precondition-failed"],
    [429, "throttled"],
    [500, "server-error"],
    [501, "not-implemented"],
    [502, "server-error"],
    [503, "throttled"],
    [504, "server-error"],
    [599, "server-error"],
    [418, "other"],
  ])("uses the status if the code is unknown: %d is %s", (status, kind) => {
    expect(classifyError(`HTTP ${status}`, status, "")).toBe(kind);
  });

  test.each([
    ["ECONNREFUSED", "unreachable"],
    ["ECONNRESET", "unreachable"],
    ["ENOTFOUND", "unreachable"],
    ["ETIMEDOUT", "unreachable"],
    ["TimeoutError", "unreachable"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
    ["EPROTO", "tls"],
    ["CERT_HAS_EXPIRED", "tls"],
    ["TypeError", "other"],
  ])("uses the socket error code if there was no response: %s is %s", (code, kind) => {
    expect(classifyError(code, null, "")).toBe(kind);
  });

  test("uses the message of AWS for a copy source that is too large", () => {
    const message = "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120";
    expect(classifyError("InvalidRequest", 400, message)).toBe("too-large");
    expect(classifyError("InvalidRequest", 400, "This copy request is illegal")).toBe("bad-request");
  });
});

const NOW = Date.parse("2026-01-01T00:00:00Z");

test.each([
  ["3", 3000],
  [" 120 ", 120_000],
  ["Thu, 01 Jan 2026 00:00:10 GMT", 10_000],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
])("retryAfter reads %j as %d ms", (header, retryAfterMs) => {
  expect(retryAfter(503, header, NOW)).toEqual({ retryAfterMs });
  expect(retryAfter(429, header, NOW)).toEqual({ retryAfterMs });
});

test.each([
  [503, undefined],
  [503, "soon"],
  [503, ""],
  [200, "3"],
  [null, "3"],
])("retryAfter ignores for status %d the header %j", (status, header) => {
  expect(retryAfter(status, header, NOW)).toEqual({});
});
