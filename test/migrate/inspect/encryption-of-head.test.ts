import { describe, expect, test } from "vitest";
import { encryptionOfHead } from "../../../migrate/object/read-head.js";
import { capabilities } from "../fixtures/facts.js";

const SSE = "x-amz-server-side-encryption";
const CUSTOMER = "x-amz-server-side-encryption-customer-algorithm";

describe("encryptionOfHead", () => {
  test.each([
    [{ [SSE]: "AES256" }, false, "sse-s3", "head-header"],
    [{ [SSE]: "aws:kms" }, false, "sse-kms", "head-header"],
    [{ [SSE]: "aws:kms:dsse" }, false, "dsse-kms", "head-header"],
    [{ [SSE]: "aws:fsx" }, false, "unknown", "head-header"],
    [{ [SSE]: "" }, false, "unknown", "head-header"],
    [{ [SSE]: "AES256" }, true, "sse-s3", "head-header"],
    [{ [CUSTOMER]: "AES256" }, false, "sse-c", "head-header"],
    [{ [CUSTOMER]: "AES256" }, true, "sse-c", "head-header"],
    [{}, true, "provider-managed", "provider-statement"],
    [{}, false, "none", "head-header"],
  ] as const)("maps %j (store always encrypts: %s) to %s by %s", (headers, encryptsAlways, state, evidence) => {
    expect(encryptionOfHead(headers, capabilities({ encryptsAlways }))).toEqual({ state, evidence });
  });
});
