import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UpdateObjectEncryptionCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { SANDBOX_PROFILES } from "../../sandbox/index.js";
import { put, start, stateOf } from "./client.js";
import {
  code,
  customerKey,
  describeSwitches,
  head,
  type Switched,
  selfCopy,
  underKmsKey,
  upload,
  VAULT,
  WRONG,
} from "./switches.js";

/** As they came, before the SDK reads them. */
async function headersOfHead(s3: S3Client, object: HeadObjectCommandInput): Promise<Record<string, string>> {
  const command = new HeadObjectCommand(object);
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      ({ headers } = result.response as { headers: Record<string, string> });
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  await s3.send(command);
  return headers;
}

/** The answer to an update of an SSE-S3 object, then its encryption and size, and whether ETag and version are the same. */
async function updated(s3: S3Client): Promise<unknown> {
  const VersioningConfiguration = { Status: "Enabled" as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket: "bucket", VersioningConfiguration }));
  const object = { Bucket: "bucket", Key: "k" };
  await s3.send(new PutObjectCommand({ ...object, Body: "x", ServerSideEncryption: "AES256" }));
  const before = await head(s3);
  const KMSKeyArn = `arn:aws:kms:sandbox:000000000000:key/${VAULT}`;
  const ObjectEncryption = { SSEKMS: { KMSKeyArn, BucketKeyEnabled: false } };
  const answer = await code(s3.send(new UpdateObjectEncryptionCommand({ ...object, ObjectEncryption })));
  const after = await head(s3);
  const isSame = (name: "ETag" | "VersionId") => (before[name] === after[name] ? "same" : "other");
  return [answer, after.ServerSideEncryption, after.ContentLength, isSame("ETag"), isSame("VersionId")];
}

const SWITCHES: readonly Switched[] = [
  {
    title: "the KMS keys that there are",
    on: { kmsKeys: [{ id: VAULT, aliases: ["alias/a"], enabled: true }] },
    off: { kmsKeys: [{ id: VAULT, aliases: [], enabled: false }] },
    look: async (s3) => [await underKmsKey(s3, { SSEKMSKeyId: "alias/a" }), await underKmsKey(s3)],
    expected: {
      on: Array(2).fill(["aws:kms", `arn:aws:kms:sandbox:000000000000:key/${VAULT}`, undefined]),
      off: ["KMS.NotFoundException", "KMS.DisabledException"],
    },
  },
  {
    title: "HEAD names the KMS key of an object",
    on: { headNamesKmsKey: true },
    off: { headNamesKmsKey: false },
    look: (s3) => underKmsKey(s3),
    expected: {
      on: ["aws:kms", `arn:aws:kms:sandbox:000000000000:key/${VAULT}`, undefined],
      off: ["aws:kms", undefined, undefined],
    },
  },
  {
    title: "bucket keys",
    on: { bucketKeys: "honoured" },
    off: { bucketKeys: "ignored" },
    look: (s3) => underKmsKey(s3, { BucketKeyEnabled: true }),
    expected: {
      on: ["aws:kms", `arn:aws:kms:sandbox:000000000000:key/${VAULT}`, true],
      off: ["aws:kms", `arn:aws:kms:sandbox:000000000000:key/${VAULT}`, undefined],
    },
  },
  {
    title: "the end of a retention in nanoseconds",
    on: { lockDates: "nanoseconds" },
    off: { lockDates: "as-sent" },
    look: async (s3) => {
      const ObjectLockRetainUntilDate = new Date("2099-01-01T00:00:00Z");
      await s3.send(new CreateBucketCommand({ Bucket: "locked", ObjectLockEnabledForBucket: true }));
      const object = { Bucket: "locked", Key: "k" };
      const lock = { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate, ChecksumAlgorithm: "CRC32" } as const;
      await s3.send(new PutObjectCommand({ ...object, Body: "x", ...lock }));
      return (await headersOfHead(s3, object))["x-amz-object-lock-retain-until-date"];
    },
    expected: { on: "2099-01-01T00:00:00.000000000Z", off: "2099-01-01T00:00:00.000Z" },
  },
  {
    title: "UpdateObjectEncryption is implemented",
    on: { updateObjectEncryption: "supported" },
    off: { updateObjectEncryption: "not-implemented" },
    look: updated,
    expected: { on: ["done", "aws:kms", 1, "same", "same"], off: ["NotImplemented", "AES256", 1, "same", "same"] },
  },
  {
    title: "UpdateObjectEncryption is acted on",
    on: { updateObjectEncryption: "ignored" },
    off: { updateObjectEncryption: "taken-for-put" },
    look: updated,
    expected: { on: ["done", "AES256", 1, "same", "same"], off: ["done", undefined, 280, "other", "other"] },
  },
  {
    title: "UpdateObjectEncryption keeps the version",
    on: { updateObjectEncryption: "supported" },
    off: { updateObjectEncryption: "rewrites" },
    look: updated,
    expected: { on: ["done", "aws:kms", 1, "same", "same"], off: ["done", "aws:kms", 1, "same", "other"] },
  },
  {
    title: "HEAD tells the encryption of what was uploaded",
    on: { headReportsSseAfterPut: true },
    off: { headReportsSseAfterPut: false },
    look: async (s3) => {
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", ServerSideEncryption: "AES256" }));
      return stateOf(s3, "k");
    },
    expected: { on: "AES256", off: undefined },
  },
  {
    title: "the answer to a write tells the encryption",
    on: { writesReportSse: true },
    off: { writesReportSse: false },
    look: async (s3) => {
      await put(s3, "k");
      return [(await selfCopy(s3)).ServerSideEncryption, await stateOf(s3, "k")];
    },
    expected: { on: ["AES256", "AES256"], off: [undefined, "AES256"] },
  },
  {
    title: "a condition on a write under a customer key",
    on: { conditionsOnCustomerKeys: "honoured" },
    off: { conditionsOnCustomerKeys: "not-implemented" },
    look: async (s3) => {
      const key = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32, 1).toString("base64") };
      await put(s3, "k");
      const target = { Bucket: "bucket", Key: "k", Body: "y", IfMatch: WRONG };
      const before = [
        await code(s3.send(new PutObjectCommand({ ...target, ...key }))),
        await code(s3.send(new PutObjectCommand(target))),
      ];
      await s3.send(new PutObjectCommand({ ...target, ...key, IfMatch: undefined }));
      return [...before, await code(s3.send(new PutObjectCommand(target)))];
    },
    expected: {
      on: ["PreconditionFailed", "PreconditionFailed", "PreconditionFailed"],
      off: ["NotImplemented", "PreconditionFailed", "NotImplemented"],
    },
  },
  {
    title: "HEAD names the customer key that it was given",
    on: { headNamesCustomerKey: true },
    off: { headNamesCustomerKey: false },
    look: async (s3) => {
      const key = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32, 1).toString("base64") };
      const object = { Bucket: "bucket", Key: "k" };
      await s3.send(new PutObjectCommand({ ...object, ...key, Body: "x" }));
      const seen = await s3.send(new HeadObjectCommand({ ...object, ...key }));
      return [seen.SSECustomerAlgorithm, await code(head(s3))];
    },
    expected: { on: ["AES256", "Unknown"], off: [undefined, "Unknown"] },
  },
  {
    title: "a missing customer key outweighs a range that is not there",
    on: { rangeBeforeCustomerKey: false },
    off: { rangeBeforeCustomerKey: true },
    look: async (s3) => {
      const key = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32, 1).toString("base64") };
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", ...key, Body: "" }));
      return code(s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k", Range: "bytes=0-0" })));
    },
    expected: { on: "InvalidRequest", off: "InvalidRange" },
  },
  {
    title: "If-Match on PUT over a version that has an id",
    on: { putConditionsOnNamedVersions: "honoured" },
    off: { putConditionsOnNamedVersions: "refused" },
    look: async (s3) => {
      const putMatching = async () => {
        const { ETag } = await head(s3);
        return code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "y", IfMatch: ETag })));
      };
      await put(s3, "k");
      const overNull = await putMatching();
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket: "bucket", VersioningConfiguration }));
      await put(s3, "k");
      return [overNull, await putMatching()];
    },
    expected: { on: ["done", "done"], off: ["done", "PreconditionFailed"] },
  },
  {
    title: "HEAD counts tags",
    on: { headCountsTags: true },
    off: { headCountsTags: false },
    look: async (s3) => {
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", Tagging: "a=1" }));
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: "bucket", Key: "k" }));
      return [TagSet?.length, (await head(s3)).TagCount];
    },
    expected: { on: [1, 1], off: [1, undefined] },
  },
  {
    title: "If-Match on PutObject",
    on: { putConditions: "honoured" },
    off: { putConditions: "ignored" },
    look: async (s3) => {
      await put(s3, "k");
      return code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "y", IfMatch: WRONG })));
    },
    expected: { on: "PreconditionFailed", off: "done" },
  },
  {
    title: "If-Match on CompleteMultipartUpload",
    on: { completeConditions: "honoured" },
    off: { completeConditions: "ignored" },
    look: async (s3) => {
      await put(s3, "k");
      const request = await upload(s3, ["y"]);
      return code(s3.send(new CompleteMultipartUploadCommand({ ...request, IfMatch: WRONG })));
    },
    expected: { on: "PreconditionFailed", off: "done" },
  },
  {
    title: "an ETag of If-Match without its quotes",
    on: { ifMatchEtags: "bare" },
    off: { ifMatchEtags: "quoted" },
    look: async (s3) => {
      const quoted = await put(s3, "k");
      const write = (IfMatch: string | undefined) =>
        code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", IfMatch })));
      return [await write(quoted?.replaceAll('"', "")), await write(quoted)];
    },
    expected: { on: ["done", "PreconditionFailed"], off: ["PreconditionFailed", "done"] },
  },
  {
    title: "every other conditional write is a conflict",
    on: { conditionalConflictEvery: 2 },
    off: { conditionalConflictEvery: 0 },
    look: async (s3) => {
      const IfMatch = await put(s3, "k");
      const write = () => code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", IfMatch })));
      return [await write(), await write(), await write()];
    },
    expected: { on: ["done", "ConditionalRequestConflict", "done"], off: ["done", "done", "done"] },
  },
  {
    title: "writes that ask for AES256",
    on: { sseS3: "supported" },
    off: { sseS3: "refused" },
    look: async (s3) => {
      const object = { Bucket: "bucket", Key: "k", Body: "x" };
      await put(s3, "k");
      return [
        await code(s3.send(new PutObjectCommand({ ...object, ServerSideEncryption: "AES256" }))),
        await code(selfCopy(s3)),
      ];
    },
    expected: { on: ["done", "done"], off: ["NotImplemented", "NotImplemented"] },
  },
  {
    title: "the ETag of an SSE-C object is the MD5 of its bytes",
    on: { etagOfForeignKeys: "md5" },
    off: { etagOfForeignKeys: "opaque" },
    look: async (s3) => {
      const key = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32, 7).toString("base64") };
      const stored = await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", ...key }));
      return stored.ETag === (await put(s3, "plain", "x"));
    },
    expected: { on: true, off: false },
  },
  {
    title: "the tagging header of PUT",
    on: { taggingHeader: "honoured" },
    off: { taggingHeader: "not-implemented" },
    look: (s3) => code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", Tagging: "a=1" }))),
    expected: { on: "done", off: "NotImplemented" },
  },
  {
    title: "HEAD tells the class of a STANDARD object",
    on: { headSendsStandardClass: true },
    off: { headSendsStandardClass: false },
    look: async (s3) => {
      await put(s3, "k");
      return (await head(s3)).StorageClass;
    },
    expected: { on: "STANDARD", off: undefined },
  },
  {
    title: "a write unless the object has an ETag",
    on: { writeUnlessEtag: "honoured" },
    off: { writeUnlessEtag: "not-implemented" },
    look: async (s3) => {
      const write = (IfNoneMatch: string | undefined) =>
        code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "y", IfNoneMatch })));
      const etag = await put(s3, "k");
      return [await write(etag), await write(WRONG)];
    },
    expected: { on: ["PreconditionFailed", "done"], off: ["NotImplemented", "NotImplemented"] },
  },
  {
    title: "the error of a part that an object does not have",
    on: { partNumberBeyond: "InvalidPart" },
    off: { partNumberBeyond: "InvalidPartNumber" },
    look: async (s3) => {
      await put(s3, "k");
      return code(s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k", PartNumber: 2 })));
    },
    expected: { on: "InvalidPart", off: "InvalidPartNumber" },
  },
  {
    title: "parts without checksums in the attributes of an object",
    on: { attributesListParts: "always", minPartBytes: 1 },
    off: { attributesListParts: "with-checksums", minPartBytes: 1 },
    look: async (s3) => {
      await s3.send(new CompleteMultipartUploadCommand(await upload(s3, ["12", "3"])));
      const request = { Bucket: "bucket", Key: "k", ObjectAttributes: ["ObjectParts" as const] };
      const { ObjectParts } = await s3.send(new GetObjectAttributesCommand(request));
      return [ObjectParts?.TotalPartsCount, ObjectParts?.Parts?.map(({ Size }) => Size)];
    },
    expected: { on: [2, [2, 1]], off: [2, undefined] },
  },
  {
    title: "the error of another customer key",
    on: { wrongCustomerKey: "access-denied" },
    off: { wrongCustomerKey: "invalid-request" },
    look: async (s3) => {
      const on = { Bucket: "bucket", Key: "k" };
      await s3.send(new PutObjectCommand({ ...on, Body: "x", ...customerKey("a") }));
      return code(s3.send(new GetObjectCommand({ ...on, ...customerKey("b") })));
    },
    expected: { on: "AccessDenied", off: "InvalidRequest" },
  },
  {
    title: "a completed upload that has to bring its customer key",
    on: { completeNeedsCustomerKey: true },
    off: { completeNeedsCustomerKey: false },
    look: async (s3) => {
      const request = await upload(s3, ["x"], customerKey("a"));
      return [
        await code(s3.send(new CompleteMultipartUploadCommand({ ...request, ...customerKey("b") }))),
        await code(s3.send(new CompleteMultipartUploadCommand({ ...request, ...customerKey("a") }))),
      ];
    },
    expected: { on: ["InvalidRequest", "done"], off: ["done", "done"] },
  },
  {
    title: "the smallest part",
    on: { minPartBytes: 2 },
    off: { minPartBytes: 3 },
    look: async (s3) => code(s3.send(new CompleteMultipartUploadCommand(await upload(s3, ["12", "3"])))),
    expected: { on: "done", off: "EntityTooSmall" },
  },
];

describeSwitches(SWITCHES);

test("every profile starts and serves an object", async () => {
  for (const profile of SANDBOX_PROFILES) {
    const { s3 } = await start({ profile });
    await put(s3, "k", profile);
    const got = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
    expect(await got.Body?.transformToString()).toBe(profile);
  }
});

test("changeBehaviour affects later requests, and no stored object", async () => {
  const { sandbox, s3 } = await start();
  await put(s3, "before");
  sandbox.changeBehaviour({ unsetDefaultEncryption: "aes256" });
  await put(s3, "after");
  expect([await stateOf(s3, "before"), await stateOf(s3, "after")]).toEqual([undefined, "AES256"]);
});
