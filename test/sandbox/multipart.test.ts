import { crc32 } from "node:zlib";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { put, start } from "./client.js";

const ON = { Bucket: "bucket", Key: "k" };
const SMALL_PARTS = { behaviour: { minPartBytes: 1 } };

const keyOf = (letter: string) => ({ SSECustomerAlgorithm: "AES256", SSECustomerKey: letter.repeat(32) });
const sourceKeyOf = (letter: string) => ({
  CopySourceSSECustomerAlgorithm: "AES256",
  CopySourceSSECustomerKey: letter.repeat(32),
});

function crc32Of(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString("base64");
}

const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "done",
    (error: Error) => error.name,
  );

async function begin(s3: S3Client, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...ON, ...more }));
  const upload = { ...ON, UploadId };
  return {
    part: (PartNumber: number, Body: string, headers: object = {}) =>
      s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...headers })),
    copy: (PartNumber: number, CopySource: string, headers: object = {}) =>
      s3.send(new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, ...headers })),
    complete: (Parts: readonly object[], headers: object = {}) =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [...Parts] }, ...headers })),
  };
}

async function textOf(s3: S3Client, more: object = {}): Promise<string | undefined> {
  return (await s3.send(new GetObjectCommand({ ...ON, ...more }))).Body?.transformToString();
}

describe("CompleteMultipartUpload", () => {
  test("returns the same result when repeated, until the object is overwritten", async () => {
    const { s3 } = await start(SMALL_PARTS);
    const { part, complete } = await begin(s3);
    const parts = [{ PartNumber: 1, ETag: (await part(1, "x")).ETag }];
    const first = await complete(parts);
    const again = await complete(parts);
    expect([again.ETag, again.$metadata.httpStatusCode]).toEqual([first.ETag, 200]);
    await put(s3, "k", "another");
    expect(await code(complete(parts))).toBe("NoSuchUpload");
    expect(await textOf(s3)).toBe("another");
  });

  test("uses the part that arrived last, and accepts both if named in that order", async () => {
    const { s3 } = await start(SMALL_PARTS);
    const { part, complete } = await begin(s3);
    const [sooner, later] = [await part(1, "sooner"), await part(1, "later")];
    const named = ({ ETag }: { ETag?: string | undefined }) => ({ PartNumber: 1, ETag });
    expect(await code(complete([named(later), named(sooner)]))).toBe("InvalidPart");
    expect(await code(complete([named(sooner), named(later)]))).toBe("done");
    expect(await textOf(s3)).toBe("later");
  });
});

describe("checksums of an upload", () => {
  async function uploaded(type: "COMPOSITE" | "FULL_OBJECT") {
    const { s3 } = await start(SMALL_PARTS);
    const upload = await begin(s3, { ChecksumAlgorithm: "CRC32", ChecksumType: type });
    const named = [];
    for (const [index, text] of ["one", "two"].entries()) {
      const { ETag, ChecksumCRC32 } = await upload.part(index + 1, text, { ChecksumAlgorithm: "CRC32" });
      named.push({ PartNumber: index + 1, ETag, ChecksumCRC32 });
    }
    return { s3, ...upload, named };
  }

  test("end in -N if composite, and each part has its own", async () => {
    const { s3, named, complete } = await uploaded("COMPOSITE");
    const done = await complete(named);
    expect(done.ChecksumCRC32).toMatch(/-2$/);
    const attributes = new GetObjectAttributesCommand({ ...ON, ObjectAttributes: ["Checksum", "ObjectParts"] });
    const { Checksum, ObjectParts } = await s3.send(attributes);
    expect([Checksum?.ChecksumCRC32, Checksum?.ChecksumType]).toEqual([done.ChecksumCRC32, "COMPOSITE"]);
    expect(ObjectParts?.Parts?.map(({ ChecksumCRC32 }) => ChecksumCRC32)).toEqual(
      named.map(({ ChecksumCRC32 }) => ChecksumCRC32),
    );
    const second = await s3.send(new HeadObjectCommand({ ...ON, PartNumber: 2, ChecksumMode: "ENABLED" }));
    expect([second.ChecksumCRC32, second.PartsCount]).toEqual([named[1]?.ChecksumCRC32, 2]);
  });

  test("are checked against those in CompleteMultipartUpload, for the object and for a part", async () => {
    const { s3, named, complete } = await uploaded("FULL_OBJECT");
    expect(await code(complete(named, { ChecksumCRC32: "AAAAAA==" }))).toBe("BadDigest");
    const [first, second] = named;
    expect(await code(complete([first as object, { ...second, ChecksumCRC32: "AAAAAA==" }]))).toBe("InvalidPart");
    const { ChecksumCRC32 } = await complete(named, { ChecksumCRC32: crc32Of("onetwo") });
    const whole = await s3.send(new HeadObjectCommand({ ...ON, ChecksumMode: "ENABLED" }));
    expect([whole.ChecksumCRC32, whole.ChecksumType]).toEqual([ChecksumCRC32, "FULL_OBJECT"]);
  });
});

test("part 1 of an object that was put in one piece is the whole object", async () => {
  const { s3 } = await start();
  await put(s3, "k", "body");
  const head = await s3.send(new HeadObjectCommand({ ...ON, PartNumber: 1 }));
  expect([head.ContentLength, head.PartsCount]).toEqual([4, undefined]);
  expect(await textOf(s3, { PartNumber: 1 })).toBe("body");
});

describe("parts under customer keys", () => {
  test("are copied from one key to another only with the right keys", async () => {
    const { s3 } = await start(SMALL_PARTS);
    await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "from", Body: "secret", ...keyOf("a") }));
    const { copy, part, complete } = await begin(s3, keyOf("b"));
    const from = "bucket/from";
    expect(await code(copy(1, from, sourceKeyOf("a")))).toBe("InvalidRequest");
    expect(await code(copy(1, from, { ...sourceKeyOf("a"), ...keyOf("a") }))).toBe("InvalidRequest");
    expect(await code(copy(1, from, { ...sourceKeyOf("b"), ...keyOf("b") }))).toBe("InvalidRequest");
    const copied = await copy(1, from, { ...sourceKeyOf("a"), ...keyOf("b") });
    expect(await code(part(2, "tail"))).toBe("InvalidRequest");
    await part(2, "tail", keyOf("b"));
    const { ETag } = await part(2, "tail", keyOf("b"));
    await complete(
      [
        { PartNumber: 1, ETag: copied.CopyPartResult?.ETag },
        { PartNumber: 2, ETag },
      ],
      keyOf("b"),
    );
    expect(await textOf(s3, { Range: "bytes=4-7", ...keyOf("b") })).toBe("etta");
  });

  test("are read as a range only with the right key", async () => {
    const { s3 } = await start(SMALL_PARTS);
    const { part, complete } = await begin(s3, keyOf("a"));
    const parts = [];
    for (const [index, text] of ["0123", "4567"].entries()) {
      parts.push({ PartNumber: index + 1, ETag: (await part(index + 1, text, keyOf("a"))).ETag });
    }
    await complete(parts, keyOf("a"));
    const Range = "bytes=2-5";
    expect(await textOf(s3, { Range, ...keyOf("a") })).toBe("2345");
    expect(await code(textOf(s3, { Range }))).toBe("InvalidRequest");
    expect(await code(textOf(s3, { Range, ...keyOf("b") }))).toBe("InvalidRequest");
  });
});

test.each([
  ["a KMS key beside AES256", { ServerSideEncryption: "AES256" as const, SSEKMSKeyId: "key" }],
  ["a KMS key alone", { SSEKMSKeyId: "key" }],
  ["a method that there is not", { ServerSideEncryption: "aes:kms" as "aws:kms" }],
])("a write with %s fails with InvalidArgument", async (_, headers) => {
  const { s3 } = await start();
  expect(await code(s3.send(new PutObjectCommand({ ...ON, Body: "x", ...headers })))).toBe("InvalidArgument");
  expect(await code(textOf(s3))).toBe("NoSuchKey");
});

test("tags are sorted by key, and Content-Encoding is returned as sent", async () => {
  const { s3 } = await start();
  await s3.send(new PutObjectCommand({ ...ON, Body: "x", Tagging: "b=2&a=1", ContentEncoding: "deflate, gzip" }));
  const keys = async () => (await s3.send(new GetObjectTaggingCommand(ON))).TagSet?.map(({ Key }) => Key);
  expect(await keys()).toEqual(["a", "b"]);
  const TagSet = ["z", "y"].map((Key) => ({ Key, Value: "1" }));
  await s3.send(new PutObjectTaggingCommand({ ...ON, Tagging: { TagSet } }));
  expect(await keys()).toEqual(["y", "z"]);
  expect((await s3.send(new HeadObjectCommand(ON))).ContentEncoding).toBe("deflate, gzip");
});

test("a bucket that was never versioned returns no version ID, even if it is suspended", async () => {
  const { s3 } = await start(SMALL_PARTS);
  const setVersioning = (Status: "Enabled" | "Suspended") =>
    s3.send(new PutBucketVersioningCommand({ Bucket: "bucket", VersioningConfiguration: { Status } }));
  const write = async () => (await s3.send(new PutObjectCommand({ ...ON, Body: "x" }))).VersionId;
  expect(await write()).toBeUndefined();
  await setVersioning("Suspended");
  expect(await write()).toBeUndefined();
  const { part, complete } = await begin(s3);
  expect((await complete([{ PartNumber: 1, ETag: (await part(1, "x")).ETag }])).VersionId).toBeUndefined();
  await setVersioning("Enabled");
  expect(await write()).toMatch(/^\S{10,}$/);
  await setVersioning("Suspended");
  expect(await write()).toBe("null");
});

test("invalid lock settings get MalformedXML or InvalidRetentionPeriod", async () => {
  const { s3 } = await start();
  await s3.send(new CreateBucketCommand({ Bucket: "locked", ObjectLockEnabledForBucket: true }));
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: "locked", Key: "k", Body: "x" }));
  const on = { Bucket: "locked", Key: "k" };
  const configure = (ObjectLockEnabled: string, DefaultRetention: object) =>
    code(
      s3.send(
        new PutObjectLockConfigurationCommand({
          Bucket: "locked",
          ObjectLockConfiguration: { ObjectLockEnabled: ObjectLockEnabled as "Enabled", Rule: { DefaultRetention } },
        }),
      ),
    );
  expect(await configure("Disabled", { Mode: "GOVERNANCE", Days: 1 })).toBe("MalformedXML");
  expect(await configure("Enabled", { Mode: "GOVERNANCE", Days: 0 })).toBe("InvalidRetentionPeriod");
  expect(await configure("Enabled", { Mode: "GOVERNANCE", Years: -1 })).toBe("InvalidRetentionPeriod");
  const Retention = { Mode: "governance" as "GOVERNANCE", RetainUntilDate: new Date(Date.now() + 1e8) };
  expect(await code(s3.send(new PutObjectRetentionCommand({ ...on, Retention })))).toBe("MalformedXML");
  const LegalHold = { Status: "abc" as "ON" };
  expect(await code(s3.send(new PutObjectLegalHoldCommand({ ...on, LegalHold })))).toBe("MalformedXML");
  expect(await code(s3.send(new DeleteObjectCommand({ ...on, VersionId })))).toBe("done");
});
