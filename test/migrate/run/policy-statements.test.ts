import { describe, expect, it } from "vitest";
import { policyStatements } from "../../../migrate/run/bucket-settings.js";

const DENY = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "*" };
const found = (Statement: unknown) => policyStatements(JSON.stringify({ Version: "2012-10-17", Statement }));

describe("policyStatements", () => {
  it("counts the statements, and names those about encryption by Sid or position", () => {
    const onEncryption = { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } };
    const onKeys = { Null: { "S3:X-Amz-Server-Side-Encryption-Customer-Algorithm": "false" } };
    expect(
      found([
        { ...DENY, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        { ...DENY, Sid: "DenyPlain", Condition: onEncryption },
        { ...DENY, Condition: onKeys },
      ]),
    ).toEqual({ kind: "present", statements: 3, onEncryption: ["DenyPlain", "statement 3"] });
  });

  it("accepts a single statement without brackets or condition", () => {
    expect(found(DENY)).toEqual({ kind: "present", statements: 1, onEncryption: [] });
  });

  it.each(["", "not json", "[]", '{"Statement":"all"}', '<ListBucketResult xmlns="x"/>'])(
    "returns null for %j",
    (document) => expect(policyStatements(document)).toBeNull(),
  );
});
