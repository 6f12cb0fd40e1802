import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import type { CustomerKey } from "../../../migrate/model/encryption.js";
import type { ObjectFacts } from "../../../migrate/model/object.js";
import { SSE_S3, sseC } from "../../../migrate/model/target-sse.js";
import { verifyCopy } from "../../../migrate/plan/verify-copy.js";
import { facts } from "../fixtures/facts.js";

const SEALED = { state: "sse-s3", evidence: "head-header" } as const;
const lock = { mode: "GOVERNANCE", retainUntil: "2030-01-01T00:00:00Z", legalHold: "ON" };
const before = facts({
  storageClass: "STANDARD_IA",
  tagCount: 2,
  userMetadata: { a: "1" },
  lock,
  websiteRedirect: "/r",
});
const check = (changes: Partial<ObjectFacts>, was = before) =>
  verifyCopy(was, { ...was, encryption: SEALED, ...changes }, SSE_S3);

describe("verifyCopy", () => {
  test("returns same if only the encryption differs", () => {
    expect(check({})).toEqual({ kind: "same", notes: [] });
  });

  test.each(["none", "sse-kms", "unknown", "sse-c", "provider-managed"] as const)(
    "returns not-encrypted if HEAD shows %s",
    (state) => {
      expect(check({ encryption: { state, evidence: "head-header" } }).kind).toBe("not-encrypted");
    },
  );

  test.each<[string, Partial<ObjectFacts>]>([
    ["size", { sizeBytes: 1 }],
    ["storage class", { storageClass: "STANDARD" }],
    ["hidden metadata", { hiddenMetadata: 1 }],
    ["tag count", { tagCount: 0 }],
    ["website redirect", { websiteRedirect: null }],
    ["lock mode", { lock: { ...lock, mode: "COMPLIANCE" } }],
    ["retain until", { lock: { ...lock, retainUntil: "2031-01-01T00:00:00Z" } }],
    ["legal hold", { lock: { ...lock, legalHold: null } }],
    ["content-type", { content: {} }],
    ["expires", { content: { ...before.content, expires: "0" } }],
    ["x-amz-meta-a", { userMetadata: { a: "2" } }],
    ["x-amz-meta-a", { userMetadata: {} }],
    ["x-amz-meta-b", { userMetadata: { a: "1", b: "" } }],
  ])("returns differs if the %s changed: %j", (what, changes) => {
    expect(check(changes)).toMatchObject({ kind: "differs", detail: expect.stringContaining(`${what}: `) });
  });

  test("ignores the form of a date, and the absence of a legal hold", () => {
    expect(check({ lock: { ...lock, retainUntil: "2030-01-01T00:00:00.000Z" } }).kind).toBe("same");
    const never = { ...before, lock: { ...lock, legalHold: null } };
    expect(check({ lock: { ...lock, legalHold: "OFF" } }, never).kind).toBe("same");
  });

  test("returns same with a note for another ETag or checksum", () => {
    const verification = check({ etag: "f".repeat(32), checksums: {} }, { ...before, checksums: { crc32: "AAAA" } });
    expect(verification).toEqual({
      kind: "same",
      notes: [`ETag changed from ${before.etag} to ${"f".repeat(32)}`, "checksum crc32 is absent, was AAAA"],
    });
  });
});

describe("verifyCopy with a customer key", () => {
  const [asked, other] = [customerKey(Buffer.alloc(32, 1)), customerKey(Buffer.alloc(32, 2))];
  const target = sseC(asked);
  const underKey = (key: CustomerKey | null) => ({ ...SSE_C, customerKey: key });
  const SSE_C = { encryption: { state: "sse-c", evidence: "head-header" } } as const;

  test("returns same if HEAD shows that key", () => {
    expect(verifyCopy(before, { ...before, ...underKey(asked) }, target).kind).toBe("same");
  });

  test.each([
    ["another key", underKey(other)],
    ["no key", underKey(null)],
    ["SSE-S3", { encryption: SEALED }],
    ["nothing", {}],
  ])("returns not-encrypted if HEAD shows %s", (_, changes) => {
    expect(verifyCopy(before, { ...before, ...changes }, target).kind).toBe("not-encrypted");
  });

  test("returns not-encrypted if SSE-S3 was requested and the object is still under a key", () => {
    expect(verifyCopy(before, { ...before, ...underKey(other) }, SSE_S3).kind).toBe("not-encrypted");
  });
});
