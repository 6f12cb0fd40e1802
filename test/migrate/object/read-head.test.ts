import { describe, expect, test } from "vitest";
import { encryptionOfHead, readHead } from "../../../migrate/object/read-head.js";
import { capabilities } from "../fixtures/facts.js";

const read = (headers: Record<string, string>) =>
  readHead(
    { bucket: "bucket", key: "key" },
    { headers, requestId: "R1" },
    capabilities({ archiveClasses: ["GLACIER"] }),
  );

describe("readHead", () => {
  test("returns every value of the response unchanged", () => {
    const seen = read({
      "content-length": "12",
      etag: '"abc-2"',
      "last-modified": "Fri, 02 Jan 2026 03:04:05 GMT",
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-version-id": "v1",
      "content-type": "text/plain",
      expires: "whenever",
      "x-amz-meta-owner": " finance ",
      "x-amz-tagging-count": "3",
      "x-amz-missing-meta": "2",
      "x-amz-website-redirect-location": "/there",
      "x-amz-object-lock-mode": "GOVERNANCE",
      "x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z",
      "x-amz-object-lock-legal-hold": "ON",
      "x-amz-checksum-crc32": "AAAAAA==",
      server: "not carried",
    });
    expect(seen).toEqual({
      bucket: "bucket",
      key: "key",
      versionId: "v1",
      sizeBytes: 12,
      etag: "abc-2",
      lastModified: "2026-01-02T03:04:05.000Z",
      storageClass: "STANDARD_IA",
      encryption: { state: "none", evidence: "head-header" },
      customerKey: null,
      content: { "content-type": "text/plain", expires: "whenever" },
      userMetadata: { owner: " finance " },
      hiddenMetadata: 2,
      tagCount: 3,
      websiteRedirect: "/there",
      lock: { mode: "GOVERNANCE", retainUntil: "2030-01-01T00:00:00Z", legalHold: "ON" },
      checksums: { crc32: "AAAAAA==" },
      archived: false,
      clientSideEncrypted: false,
      requestId: "R1",
    });
  });

  test.each([
    [{ "x-amz-meta-name": "d\ufffdj\ufffd", "x-amz-missing-meta": "1" }, 2],
    [{ "content-disposition": "attachment; filename=\ufffd.pdf" }, 1],
    [{ "content-encoding": "aws-chunked" }, 1],
    [{ "content-encoding": "gzip,aws-chunked" }, 1],
    [{ "content-encoding": "gzip", "x-amz-meta-name": "aws-chunked" }, 0],
  ])("counts metadata that no request can resend: %j", (headers, hidden) => {
    expect(read(headers).hiddenMetadata).toBe(hidden);
  });

  test("keeps metadata of any name", () => {
    const { userMetadata } = read({ "x-amz-meta-__proto__": "kept", "x-amz-meta-constructor": "too" });
    expect(Object.entries(userMetadata)).toEqual([
      ["__proto__", "kept"],
      ["constructor", "too"],
    ]);
  });

  test("returns the defaults of S3 for missing headers, and null for a missing size", () => {
    expect(read({})).toMatchObject({
      storageClass: "STANDARD",
      sizeBytes: null,
      lastModified: null,
      tagCount: null,
      versionId: null,
    });
  });

  test.each([
    [{ "x-amz-storage-class": "GLACIER" }, true],
    [{ "x-amz-storage-class": "GLACIER", "x-amz-restore": 'ongoing-request="true"' }, true],
    [{ "x-amz-storage-class": "GLACIER", "x-amz-restore": 'ongoing-request="false", expiry-date="x"' }, false],
    [{ "x-amz-storage-class": "GLACIER_IR" }, false],
    [{ "x-amz-storage-class": "INTELLIGENT_TIERING", "x-amz-archive-status": "ARCHIVE_ACCESS" }, true],
    [{ "x-amz-storage-class": "INTELLIGENT_TIERING" }, false],
  ])("reads from %j whether the object is archived: %s", (headers, archived) => {
    expect(read(headers).archived).toBe(archived);
  });

  test.each(["x-amz-key", "x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg", "x-amz-matdesc"])(
    "detects client-side encryption by the metadata %s, and not by other metadata",
    (name) => {
      expect(read({ [`x-amz-meta-${name}`]: "..." }).clientSideEncrypted).toBe(true);
      expect(read({ "x-amz-meta-key": "..." }).clientSideEncrypted).toBe(false);
    },
  );
});

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
