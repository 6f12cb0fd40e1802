import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { StoreError } from "../../../migrate/store/store-error.js";
import { rememberSecret, withoutSecrets } from "../../../migrate/store/wire.js";

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
