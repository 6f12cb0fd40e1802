import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { classifyError, retryAfter, StoreError } from "../../../migrate/store/store-error.js";
import { rememberSecret, withoutSecrets } from "../../../migrate/store/wire.js";

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

const KEY = randomBytes(32);
const TOKEN = `FwoG${randomBytes(90).toString("base64")}/+==`;
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const { md5 } = customerKey(KEY);
rememberSecret(TOKEN);
rememberSecret(SECRET);

const SPELLINGS: Readonly<Record<string, (secret: Buffer) => string>> = {
  raw: (secret) => secret.toString("latin1"),
  base64: (secret) => secret.toString("base64"),
  base64url: (secret) => secret.toString("base64url"),
  "percent-encoded": (secret) => encodeURIComponent(secret.toString("latin1")),
  "percent-encoded base64": (secret) => encodeURIComponent(secret.toString("base64")),
  hex: (secret) => secret.toString("hex"),
  "upper-case hex": (secret) => secret.toString("hex").toUpperCase(),
  "JSON-escaped": (secret) => secret.toString("latin1").replaceAll("/", "\\/"),
};

describe("withoutSecrets", () => {
  test.each(
    Object.entries(SPELLINGS).flatMap(([name, spell]) => [
      [`the session token, ${name}`, spell(Buffer.from(TOKEN))] as const,
      [`the secret key, ${name}`, spell(Buffer.from(SECRET))] as const,
      [`a customer key, ${name}`, spell(KEY)] as const,
    ]),
  )("removes %s", (_, spelt) => {
    expect(withoutSecrets(`header was ${spelt}, and refused`)).toBe("header was [secret], and refused");
    expect(withoutSecrets(`${spelt}${spelt}`)).toBe("[secret][secret]");
    const error = new StoreError({
      kind: "other",
      operation: "headObject",
      status: 400,
      code: spelt,
      message: `it was ${spelt}`,
      requestId: spelt,
    });
    expect(error.facts).toMatchObject({ code: "[secret]", message: "it was [secret]", requestId: "[secret]" });
    expect(error.message).not.toContain(spelt);
  });

  test("removes a secret that the store truncated", () => {
    expect(withoutSecrets(`token ${TOKEN.slice(0, 30)}`)).toBe("token [secret]");
  });

  test.each([
    "X-Amz-Security-Token: unknown-token",
    "x-amz-security-token=unknown-token&b",
    '"X-Amz-Signature":"abcdef"',
    "Authorization: AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host, Signature=abcdef",
    "Credential=A/b, Signature=abcdef",
    "x-amz-server-side-encryption-customer-key: bm90IGEga2V5",
  ])("removes a value with a secret name: %s", (text) => {
    expect(withoutSecrets(text)).not.toMatch(/unknown-token|abcdef|bm90/);
    expect(withoutSecrets(text)).toContain("[secret]");
  });

  test.each([
    "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'gra'",
    "The request signature we calculated does not match the signature you provided.",
    `the customer key with MD5 ${md5}`,
    "The provided token has expired.",
    "",
  ])("keeps text without secrets: %s", (text) => expect(withoutSecrets(text)).toBe(text));
});

test("StoreError truncates a very long message", () => {
  const facts = { kind: "other", operation: "headObject", status: 400, code: "A", requestId: null } as const;
  expect(new StoreError({ ...facts, message: "x".repeat(60_000) }).facts.message).toHaveLength(1003);
});
