import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { isKmsAlias, kmsKey, sseKms } from "../../../migrate/model/target-sse-kms.js";
import { plan, recordedDecision } from "../../../migrate/plan/plan.js";
import { verifyCopy } from "../../../migrate/plan/verify-copy.js";
import { capabilities, facts, policy } from "../fixtures/facts.js";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const ARN = `arn:aws:kms:eu-west-3:111122223333:key/${ID}`;
const OTHER_ARN = "arn:aws:kms:eu-west-3:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab";
const ALIAS = "arn:aws-cn:kms:cn-north-1:111122223333:alias/invoices";
const under = (kmsKeyId?: string, state: "sse-kms" | "dsse-kms" = "sse-kms") =>
  facts({ encryption: { state, evidence: "head-header" }, kmsKeyId });

describe("a KMS key", () => {
  test.each([
    [ARN, ARN, true],
    [ARN, OTHER_ARN, false],
    [ID, ARN, true],
    [ID, ID, true],
    [ID, OTHER_ARN, false],
    [ID.slice(1), ARN, false],
    ["key/1", "arn:aws:kms:r:1:key/key/1", true],
    ["alias/invoices", ARN, false],
    [ALIAS, ARN, false],
  ])("given as %s before a test object was put is shown as %s: %s", (given, shown, expected) => {
    expect(kmsKey(given, false).isShownAs("b", shown)).toBe(expected);
  });

  test("is compared with what the test object of that bucket showed, once it was put", () => {
    const key = kmsKey("alias/invoices", false);
    expect(key.settle("b", ARN)).toBe(true);
    expect([key.isShownAs("b", ARN), key.isShownAs("b", OTHER_ARN), key.isShownAs("c", ARN)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([key.settle("b", OTHER_ARN), key.isShownAs("b", ARN), key.settle("c", OTHER_ARN)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("is compared with that alone, even if another name ends in its id", () => {
    const key = kmsKey("my-key", false);
    expect(key.settle("b", "arn:aws:kms:my-key")).toBe(true);
    expect(key.isShownAs("b", "arn:aws:kms:r:1:key/my-key")).toBe(false);
  });

  test.each([
    [ARN, undefined, ARN],
    [ID, undefined, undefined],
    [ID, ARN, ARN],
    ["alias/invoices", ARN, ARN],
    [ALIAS, undefined, undefined],
    ["alias/invoices", "alias/invoices", undefined],
  ])("given as %s, shown as %s, has the ARN %s", (given, shown, expected) => {
    const key = kmsKey(given, false);
    if (shown !== undefined) expect(key.settle("b", shown)).toBe(true);
    expect(key.arnIn("b")).toBe(expected);
  });

  test("given by its ARN is no other key", () => {
    expect(kmsKey(ARN, false).settle("b", OTHER_ARN)).toBe(false);
    expect(kmsKey(ALIAS, false).settle("b", OTHER_ARN)).toBe(true);
  });

  test.each([
    [ARN, false],
    [ID, false],
    ["alias/invoices", true],
    [ALIAS, true],
    ["my-alias/invoices", false],
  ])("%s is an alias: %s", (given, expected) => expect(isKmsAlias(given)).toBe(expected));
});

describe("SSE-KMS as the target", () => {
  const target = sseKms(kmsKey(ID, false));
  const toKey = policy({ target });
  const can = capabilities();

  test("sends algorithm and key, and the bucket key only if asked", () => {
    const asked = { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": ID };
    expect(target.headers()).toEqual(asked);
    expect(sseKms(kmsKey(ID, true)).headers()).toEqual({
      ...asked,
      "x-amz-server-side-encryption-bucket-key-enabled": "true",
    });
  });

  test.each([
    ["plaintext", facts(), { kind: "copy", reason: "unencrypted-to-sse-kms" }],
    [
      "SSE-S3",
      facts({ encryption: { state: "sse-s3", evidence: "head-header" } }),
      { kind: "copy", reason: "sse-s3-to-sse-kms" },
    ],
    ["another KMS key", under(OTHER_ARN), { kind: "copy", reason: "sse-kms-to-other-key" }],
    ["a KMS key that HEAD does not name", under(), { kind: "copy", reason: "sse-kms-to-other-key" }],
    ["the key", under(ARN), { kind: "skip", reason: "kms-key" }],
    ["DSSE-KMS with the key", under(ARN, "dsse-kms"), { kind: "skip", reason: "stronger-encryption" }],
    [
      "a customer key that was given",
      facts({
        encryption: { state: "sse-c", evidence: "head-header" },
        customerKey: customerKey(Buffer.alloc(32, 1)),
      }),
      { kind: "copy", reason: "sse-c-to-sse-kms" },
    ],
    [
      "a customer key that was not given",
      facts({ encryption: { state: "sse-c", evidence: "head-header" } }),
      { kind: "skip", reason: "sse-c-without-key" },
    ],
  ])("plans an object under %s", (_title, object, decision) => {
    expect(recordedDecision(plan(object, toKey, can))).toEqual(decision);
  });

  test("keeps no ETag", () => {
    expect(plan(facts(), { ...toKey, etag: "keep" }, can)).toEqual({ kind: "refuse", reason: "etag-cannot-be-kept" });
  });

  test("verifies the key of a copy, and not the algorithm alone", () => {
    expect(verifyCopy(facts(), under(ARN), target).kind).toBe("same");
    expect(verifyCopy(facts(), under(OTHER_ARN), target)).toEqual({
      kind: "not-encrypted",
      detail: "HEAD shows sse-kms, under another key, after the copy",
    });
    expect(verifyCopy(facts(), under(ARN, "dsse-kms"), target).kind).toBe("not-encrypted");
  });
});
