import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UpdateObjectEncryptionCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { type Behaviour, SANDBOX_PROFILES } from "../../sandbox/index.js";
import { clientOf, put, start, stateOf } from "./client.js";

const WRONG = '"00000000000000000000000000000000"';

function selfCopy(s3: S3Client, more: Partial<CopyObjectCommandInput> = {}) {
  const request = { Bucket: "bucket", Key: "k", CopySource: "bucket/k", ServerSideEncryption: "AES256" as const };
  return s3.send(new CopyObjectCommand({ ...request, ...more }));
}

const head = (s3: S3Client, Key = "k") => s3.send(new HeadObjectCommand({ Bucket: "bucket", Key }));

function customerKey(letter: string) {
  return { SSECustomerAlgorithm: "AES256", SSECustomerKey: letter.repeat(32) };
}

async function upload(s3: S3Client, Bodies: readonly string[], key: object = {}) {
  const target = { Bucket: "bucket", Key: "k", ...key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const Parts = [];
  for (const [index, Body] of Bodies.entries()) {
    const part = { ...target, UploadId, PartNumber: index + 1 };
    Parts.push({ PartNumber: index + 1, ETag: (await s3.send(new UploadPartCommand({ ...part, Body }))).ETag });
  }
  return { ...target, UploadId, MultipartUpload: { Parts } };
}

interface Switched {
  /** What the switch is, and then is not. */
  readonly title: string;
  readonly on: Partial<Behaviour>;
  readonly off: Partial<Behaviour>;
  /** What a caller sees; the two must differ as `expected` says. */
  readonly look: (s3: S3Client) => Promise<unknown>;
  readonly expected: { readonly on: unknown; readonly off: unknown };
}

const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "done",
    (error: Error) => error.name,
  );

interface Refused {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers: Readonly<Record<string, string>> };
  readonly Endpoint?: string;
}

/** Status, the region that is told, and the endpoint; `null` where it is done. */
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    ({ $metadata, $response, Endpoint }: Refused) => [
      $metadata.httpStatusCode,
      $response?.headers["x-amz-bucket-region"],
      Endpoint,
    ],
  );

const VAULT = "11111111-1111-4111-8111-111111111111";

/** The encryption, key and bucket key of an object put under a KMS key, or the error of the call. */
async function underKmsKey(s3: S3Client, more: Partial<PutObjectCommandInput> = {}): Promise<unknown> {
  const object = { Bucket: "bucket", Key: "k", Body: "x", ServerSideEncryption: "aws:kms" as const };
  const refused = await code(s3.send(new PutObjectCommand({ ...object, SSEKMSKeyId: VAULT, ...more })));
  if (refused !== "done") return refused;
  const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled } = await head(s3);
  return [ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled];
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
    title: "a bucket that refuses every call",
    on: { deniedBuckets: ["bucket"] },
    off: { deniedBuckets: ["another"] },
    look: async (s3) => [
      await code(s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))),
      await refusalOf(s3.send(new HeadBucketCommand({ Bucket: "bucket" }))),
      await code(put(s3, "k")),
    ],
    expected: { on: ["AccessDenied", [403, undefined, undefined], "AccessDenied"], off: ["done", null, "done"] },
  },
  {
    title: "a bucket of another region, asked in the sandbox's own",
    on: { bucketRegions: { bucket: "eu-west-3" } },
    off: { bucketRegions: { another: "eu-west-3" } },
    look: async (s3) => [
      await refusalOf(s3.send(new HeadBucketCommand({ Bucket: "bucket" }))),
      await refusalOf(s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))),
    ],
    expected: {
      on: [
        [301, "eu-west-3", undefined],
        [301, "eu-west-3", "bucket.s3.eu-west-3.amazonaws.com"],
      ],
      off: [null, null],
    },
  },
  {
    title: "how such a call is refused",
    on: { bucketRegions: { bucket: "eu-west-3" }, otherRegion: "redirect" },
    off: { bucketRegions: { bucket: "eu-west-3" }, otherRegion: "malformed" },
    look: async (s3) => code(s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))),
    expected: { on: "PermanentRedirect", off: "AuthorizationHeaderMalformed" },
  },
  {
    title: "a listed date that is none",
    on: { listedDates: "missing" },
    off: { listedDates: "true" },
    look: async (s3) => {
      await put(s3, "k/odd-date");
      await put(s3, "k/plain");
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }));
      return Contents.map(({ LastModified }) => LastModified instanceof Date);
    },
    expected: { on: [false, true], off: [true, true] },
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
    title: "HEAD tells the encryption of what was copied",
    on: { headReportsSseAfterCopy: true },
    off: { headReportsSseAfterCopy: false },
    look: async (s3) => {
      await put(s3, "k");
      await selfCopy(s3);
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
    title: "a self copy that changes only the encryption",
    on: { selfCopyChangingSse: "accepted" },
    off: { selfCopyChangingSse: "refused" },
    look: async (s3) => {
      await put(s3, "k");
      return [await code(selfCopy(s3)), await code(selfCopy(s3, { MetadataDirective: "REPLACE" }))];
    },
    expected: { on: ["done", "done"], off: ["InvalidRequest", "done"] },
  },
  {
    title: "a copy that asks for encryption",
    on: { sseHeaderOnCopy: "applied" },
    off: { sseHeaderOnCopy: "ignored" },
    look: async (s3) => {
      await put(s3, "k");
      return [await code(selfCopy(s3)), await stateOf(s3, "k")];
    },
    expected: { on: ["done", "AES256"], off: ["done", undefined] },
  },
  {
    title: "an object that a copy encrypted can be read",
    on: { sseHeaderOnCopy: "applied" },
    off: { sseHeaderOnCopy: "corrupts" },
    look: async (s3) => {
      await put(s3, "k");
      await selfCopy(s3);
      return [await stateOf(s3, "k"), await code(s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" })))];
    },
    expected: { on: ["AES256", "done"], off: ["AES256", "InternalError"] },
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
    title: "uploads are listed, and said to be encoded",
    on: { uploadListing: "all" },
    off: { uploadListing: "encoded-unsaid" },
    look: async (s3) => {
      await s3.send(new CreateMultipartUploadCommand({ Bucket: "bucket", Key: "a/b" }));
      const asked = { Bucket: "bucket", EncodingType: "url" } as const;
      const { Uploads, EncodingType } = await s3.send(new ListMultipartUploadsCommand(asked));
      return [Uploads?.map(({ Key }) => Key), EncodingType];
    },
    expected: { on: [["a/b"], "url"], off: [["a%2Fb"], undefined] },
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
    title: "listings are in the order of UTF-8",
    on: { listingOrder: "utf-8" },
    off: { listingOrder: "utf-16" },
    look: async (s3) => {
      for (const key of ["a", "\u{1f98a}", "\uff5e", "z"]) await put(s3, key);
      const all = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }));
      const after = await s3.send(new ListObjectsV2Command({ Bucket: "bucket", StartAfter: "\u{1f98a}" }));
      return [all, after].map(({ Contents = [] }) => Contents.map(({ Key }) => Key).join(" "));
    },
    expected: { on: ["a z \uff5e \u{1f98a}", ""], off: ["a z \u{1f98a} \uff5e", "\uff5e"] },
  },
  {
    title: "the refusal of a part that ends behind its source",
    on: { partBeyondSource: "InvalidArgument" },
    off: { partBeyondSource: "InvalidRange" },
    look: (s3) => copyPart(s3, { CopySourceRange: "bytes=0-99" }),
    expected: { on: "InvalidArgument", off: "InvalidRange" },
  },
  {
    title: "a copy of an encrypted source",
    on: { copyOfEncryptedSource: "supported" },
    off: { copyOfEncryptedSource: "not-implemented" },
    look: async (s3) => {
      await put(s3, "plain");
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", ServerSideEncryption: "AES256" }));
      return [await code(selfCopy(s3)), await code(selfCopy(s3, { CopySource: "bucket/plain" }))];
    },
    expected: { on: ["done", "done"], off: ["NotImplemented", "done"] },
  },
  {
    title: "If-Match on CopyObject",
    on: { copyConditions: "honoured" },
    off: { copyConditions: "ignored" },
    look: async (s3) => {
      await put(s3, "k");
      return code(selfCopy(s3, { IfMatch: WRONG }));
    },
    expected: { on: "PreconditionFailed", off: "done" },
  },
  {
    title: "If-Match of CopyObject from another key is compared with its destination",
    on: { copyIfMatchOf: "destination" },
    off: { copyIfMatchOf: "source" },
    look: async (s3) => {
      const ofSource = await put(s3, "other", "one");
      const ofDestination = await put(s3, "k", "two");
      const copy = (IfMatch: string | undefined) => code(selfCopy(s3, { CopySource: "bucket/other", IfMatch }));
      return [await copy(ofSource), await copy(ofDestination)];
    },
    expected: { on: ["PreconditionFailed", "done"], off: ["done", "PreconditionFailed"] },
  },
  {
    title: "a condition on the source of a copy",
    on: { copySourceConditions: "honoured" },
    off: { copySourceConditions: "not-implemented" },
    look: async (s3) => {
      await put(s3, "k");
      return code(selfCopy(s3, { CopySourceIfMatch: WRONG }));
    },
    expected: { on: "PreconditionFailed", off: "NotImplemented" },
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
    title: "UploadPartCopy",
    on: { uploadPartCopy: "supported" },
    off: { uploadPartCopy: "not-implemented" },
    look: copyPart,
    expected: { on: "done", off: "NotImplemented" },
  },
  {
    title: "a condition on UploadPartCopy",
    on: { uploadPartCopyConditions: "honoured" },
    off: { uploadPartCopyConditions: "ignored" },
    look: (s3) => copyPart(s3, { CopySourceIfMatch: WRONG }),
    expected: { on: "PreconditionFailed", off: "done" },
  },
  {
    title: "the source of UploadPartCopy is decoded before a version id is looked for",
    on: { partSource: "decoded-first" },
    off: { partSource: "exact" },
    look: async (s3) => {
      // More bytes than the object at "k" has.
      await put(s3, "k?versionId=null", "0123456789");
      return copyPart(s3, { CopySource: "bucket/k%3FversionId%3Dnull", CopySourceRange: "bytes=0-9" });
    },
    expected: { on: "InvalidArgument", off: "done" },
  },
  {
    title: "the source of UploadPartCopy is decoded twice",
    on: { partSource: "decoded-twice" },
    off: { partSource: "decoded-first" },
    look: async (s3) => {
      await put(s3, "%6B", "0123456789");
      return copyPart(s3, { CopySource: "bucket/%256B", CopySourceRange: "bytes=0-9" });
    },
    expected: { on: "InvalidArgument", off: "done" },
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
    title: "UploadPartCopy takes what is under a customer key",
    on: { partCopyOfCustomerKeys: "supported" },
    off: { partCopyOfCustomerKeys: "refused" },
    look: async (s3) => [await copyPart(s3), await copyPart(s3, {}, customerKey("k"))],
    expected: { on: ["done", "done"], off: ["done", "InvalidArgument"] },
  },
  {
    title: "the ETag of a multipart object outlives a copy",
    on: { etagAfterCopy: "source" },
    off: { etagAfterCopy: "md5" },
    look: async (s3) => {
      await s3.send(new CompleteMultipartUploadCommand(await upload(s3, ["y"])));
      await selfCopy(s3);
      return (await head(s3)).ETag?.endsWith('-1"');
    },
    expected: { on: true, off: false },
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
    title: "a copy keeps metadata",
    on: { metadataAfterCopy: "kept" },
    off: { metadataAfterCopy: "dropped" },
    look: async (s3) => {
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", Metadata: { a: "1" } }));
      await selfCopy(s3);
      return (await head(s3)).Metadata;
    },
    expected: { on: { a: "1" }, off: {} },
  },
  {
    title: "a copy keeps tags",
    on: { tagsAfterCopy: "kept" },
    off: { tagsAfterCopy: "dropped" },
    look: async (s3) => {
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", Tagging: "a=1" }));
      await selfCopy(s3);
      return (await s3.send(new GetObjectTaggingCommand({ Bucket: "bucket", Key: "k" }))).TagSet;
    },
    expected: { on: [{ Key: "a", Value: "1" }], off: [] },
  },
  {
    title: "the tagging header of PUT",
    on: { taggingHeader: "honoured" },
    off: { taggingHeader: "not-implemented" },
    look: (s3) => code(s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", Tagging: "a=1" }))),
    expected: { on: "done", off: "NotImplemented" },
  },
  {
    title: "a copy keeps ACL and class",
    on: { aclAfterCopy: "kept", storageClassAfterCopy: "kept" },
    off: { aclAfterCopy: "reset", storageClassAfterCopy: "reset" },
    look: async (s3) => {
      const special = { ACL: "public-read" as const, StorageClass: "STANDARD_IA" as const };
      await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", ...special }));
      await selfCopy(s3);
      const acl = await s3.send(new GetObjectAclCommand({ Bucket: "bucket", Key: "k" }));
      return [acl.Grants?.length, (await head(s3)).StorageClass];
    },
    expected: { on: [2, "STANDARD_IA"], off: [1, undefined] },
  },
  {
    title: "a copy takes the ACL and the class that are sent with it",
    on: { aclSentWithCopy: "taken", storageClassSentWithCopy: "taken" },
    off: { aclSentWithCopy: "ignored", storageClassSentWithCopy: "ignored" },
    look: async (s3) => {
      await put(s3, "k");
      const look = async () => {
        const acl = await s3.send(new GetObjectAclCommand({ Bucket: "bucket", Key: "k" }));
        return [acl.Grants?.length, (await head(s3)).StorageClass];
      };
      await selfCopy(s3, { ACL: "public-read" });
      const canned = await look();
      const GrantRead = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';
      await selfCopy(s3, { GrantFullControl: 'id="sandbox-owner"', GrantRead, StorageClass: "STANDARD_IA" });
      return [canned, await look()];
    },
    expected: {
      on: [
        [2, undefined],
        [2, "STANDARD_IA"],
      ],
      off: [
        [1, undefined],
        [1, undefined],
      ],
    },
  },
  {
    title: "a copy is taken with an ACL or a class",
    on: { aclSentWithCopy: "taken", storageClassSentWithCopy: "taken" },
    off: { aclSentWithCopy: "refused", storageClassSentWithCopy: "refused" },
    look: async (s3) => {
      await put(s3, "k");
      const tries = [selfCopy(s3, { ACL: "public-read" }), selfCopy(s3, { StorageClass: "STANDARD_IA" }), selfCopy(s3)];
      return Promise.all(tries.map(code));
    },
    expected: { on: ["done", "done", "done"], off: ["AccessControlListNotSupported", "InvalidStorageClass", "done"] },
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
    title: "EncodingType of a listing",
    on: { encodingType: "supported" },
    off: { encodingType: "ignored" },
    look: async (s3) => {
      await put(s3, "a b");
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: "bucket", EncodingType: "url" }));
      return [listed.EncodingType, listed.Contents?.[0]?.Key];
    },
    expected: { on: ["url", "a%20b"], off: [undefined, "a b"] },
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
    title: "how a space is encoded in a listing",
    on: { encodedSpace: "plus" },
    off: { encodedSpace: "percent" },
    look: async (s3) => {
      await put(s3, "a b/c");
      const request = { Bucket: "bucket", EncodingType: "url" as const, Delimiter: "/" };
      return (await s3.send(new ListObjectsV2Command(request))).CommonPrefixes?.[0]?.Prefix;
    },
    expected: { on: "a+b/", off: "a%20b/" },
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
    title: "a bucket policy",
    on: { bucketPolicy: "enforced" },
    off: { bucketPolicy: "kept" },
    look: async (s3) => {
      const Policy = JSON.stringify({
        Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::bucket/*" }],
      });
      await s3.send(new PutBucketPolicyCommand({ Bucket: "bucket", Policy }));
      return code(put(s3, "k"));
    },
    expected: { on: "AccessDenied", off: "done" },
  },
  {
    title: "a listing that shows what there was a minute ago",
    on: { listingLagMs: 60_000 },
    off: { listingLagMs: 0 },
    look: async (s3) => {
      await put(s3, "k");
      return (await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))).KeyCount;
    },
    expected: { on: 0, off: 1 },
  },
  {
    title: "a copy that takes a while",
    on: { copyTakesMs: 3000 },
    off: { copyTakesMs: 0 },
    look: async (s3) => {
      await put(s3, "k", "older");
      const copying = selfCopy(s3, { CopySourceIfMatch: "*" }).then(() => "copied");
      return Promise.race([copying, new Promise((resolve) => setTimeout(resolve, 2000, "copying"))]);
    },
    expected: { on: "copying", off: "copied" },
  },
  {
    title: "versioning",
    on: { versioning: "supported" },
    off: { versioning: "unsupported" },
    look: (s3) => {
      const VersioningConfiguration = { Status: "Enabled" as const };
      return code(s3.send(new PutBucketVersioningCommand({ Bucket: "bucket", VersioningConfiguration })));
    },
    expected: { on: "done", off: "NotImplemented" },
  },
  {
    title: "the largest copy",
    on: { maxCopyBytes: 4 },
    off: { maxCopyBytes: 3 },
    look: async (s3) => {
      await put(s3, "k", "1234");
      return code(selfCopy(s3));
    },
    expected: { on: "done", off: "InvalidRequest" },
  },
  {
    title: "the smallest part",
    on: { minPartBytes: 2 },
    off: { minPartBytes: 3 },
    look: async (s3) => code(s3.send(new CompleteMultipartUploadCommand(await upload(s3, ["12", "3"])))),
    expected: { on: "done", off: "EntityTooSmall" },
  },
  {
    title: "an always encrypting store",
    on: { unsetDefaultEncryption: "aes256" },
    off: { unsetDefaultEncryption: "not-found" },
    look: async (s3) => {
      await put(s3, "k");
      return [await unset(s3), await stateOf(s3, "k")];
    },
    expected: {
      on: ["AES256", "AES256"],
      off: ["ServerSideEncryptionConfigurationNotFoundError", undefined],
    },
  },
  {
    title: "a default encryption that is refused for a while, and one that is refused for good",
    on: { defaultEncryptionRefused: "first-time" },
    off: { defaultEncryptionRefused: "always" },
    look: async (s3) => {
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } };
      const request = { Bucket: "bucket", ServerSideEncryptionConfiguration: { Rules: [rule] } };
      const set = () => code(s3.send(new PutBucketEncryptionCommand(request)));
      return [await set(), await set(), await unset(s3)];
    },
    expected: {
      on: ["MalformedXML", "done", "AES256"],
      off: ["MalformedXML", "MalformedXML", "ServerSideEncryptionConfigurationNotFoundError"],
    },
  },
  {
    title: "GetBucketEncryption of a store that says plaintext, and one that says nothing",
    on: { unsetDefaultEncryption: "plaintext" },
    off: { unsetDefaultEncryption: "empty" },
    look: unset,
    expected: { on: "plaintext", off: undefined },
  },
  {
    title: "the header that Terraform's resource for lifecycle rules waits for",
    on: { transitionSizeHeader: "sent" },
    off: { transitionSizeHeader: "absent" },
    look: async (s3) => (await lifecycleOf(s3)).TransitionDefaultMinimumObjectSize,
    expected: { on: "all_storage_classes_128K", off: undefined },
  },
  {
    title: "the filter of a lifecycle rule for the whole bucket, and of none else",
    on: { emptyLifecycleFilter: "kept" },
    off: { emptyLifecycleFilter: "prefix" },
    look: async (s3) => ((await lifecycleOf(s3)).Rules ?? []).map(({ Filter, Prefix }) => [Filter?.Prefix, Prefix]),
    expected: {
      on: [
        ["", undefined],
        ["tmp/", undefined],
      ],
      off: [
        [undefined, ""],
        ["tmp/", undefined],
      ],
    },
  },
];

async function lifecycleOf(s3: S3Client) {
  const rule = { Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } } as const;
  const Rules = ["", "tmp/"].map((Prefix) => ({ ...rule, ID: `of ${Prefix}`, Filter: { Prefix } }));
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: "bucket", LifecycleConfiguration: { Rules } }));
  return s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "bucket" }));
}

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

async function copyPart(s3: S3Client, more: Partial<UploadPartCopyCommandInput> = {}, key = {}): Promise<unknown> {
  await put(s3, "k");
  const target = { Bucket: "bucket", Key: "to", ...key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const part = { ...target, UploadId, PartNumber: 1, CopySource: "bucket/k", ...more };
  return code(s3.send(new UploadPartCopyCommand(part)));
}

async function unset(s3: S3Client): Promise<unknown> {
  try {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: "bucket" }));
    return ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  } catch (error) {
    return (error as Error).name;
  }
}

describe.each(SWITCHES)("switch: $title", ({ on, off, look, expected }) => {
  test("answers as expected when on", async () => {
    const { s3 } = await start({ behaviour: on });
    expect(await look(s3)).toEqual(expected.on);
  });
  test("answers as expected when off", async () => {
    const { s3 } = await start({ behaviour: off });
    expect(await look(s3)).toEqual(expected.off);
  });
});

test("a user without kms:Decrypt may see what is under a KMS key, and neither read nor copy it", async () => {
  const { sandbox, s3 } = await start({ behaviour: { objectAclDecides: false } });
  await underKmsKey(s3);
  const denied = { accessKeyId: "DENIED", secretAccessKey: "a secret", deny: ["kms:Decrypt"] };
  const other = await start({ credentials: [denied] });
  expect(await underKmsKey(other.s3)).toHaveLength(3);
  const get = new GetObjectCommand({ Bucket: "bucket", Key: "k" });
  expect(await code(other.s3.send(get))).toBe("AccessDenied");
  expect(await code(selfCopy(other.s3))).toBe("AccessDenied");
  expect(await code(s3.send(get))).toBe("done");
  expect(sandbox.calls.GetObject).toBe(1);
});

test("every profile starts and serves an object", async () => {
  for (const profile of SANDBOX_PROFILES) {
    const { s3 } = await start({ profile });
    await put(s3, "k", profile);
    const got = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
    expect(await got.Body?.transformToString()).toBe(profile);
  }
});

test("the ovh profile answers 501 for features that OVHcloud lacks, unlike the aws profile", async () => {
  const policy = new GetBucketPolicyCommand({ Bucket: "bucket" });
  const accelerate = new GetBucketAccelerateConfigurationCommand({ Bucket: "bucket" });
  const ovh = (await start({ profile: "ovh" })).s3;
  const aws = (await start({ profile: "aws" })).s3;
  expect([await code(ovh.send(policy)), await code(ovh.send(accelerate))]).toEqual(Array(2).fill("NotImplemented"));
  expect([await code(aws.send(policy)), await code(aws.send(accelerate))]).toEqual(["NoSuchBucketPolicy", "done"]);
});

test("replication requires versioning in its source and its destination", async () => {
  const { s3 } = await start();
  await s3.send(new CreateBucketCommand({ Bucket: "replicas" }));
  const rule = { ID: "r", Priority: 1, Status: "Enabled", Filter: { Prefix: "" } } as const;
  const Destination = { Bucket: "arn:aws:s3:::replicas" };
  const Rules = [{ ...rule, DeleteMarkerReplication: { Status: "Disabled" as const }, Destination }];
  const ReplicationConfiguration = { Role: "", Rules };
  const replicate = () =>
    code(s3.send(new PutBucketReplicationCommand({ Bucket: "bucket", ReplicationConfiguration })));
  const version = (Bucket: string) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const found = [await replicate()];
  await version("bucket");
  found.push(await replicate());
  await version("replicas");
  expect([...found, await replicate()]).toEqual(["InvalidRequest", "InvalidRequest", "done"]);
});

test("changeBehaviour affects later requests, and no stored object", async () => {
  const { sandbox, s3 } = await start();
  await put(s3, "before");
  sandbox.changeBehaviour({ unsetDefaultEncryption: "aes256" });
  await put(s3, "after");
  expect([await stateOf(s3, "before"), await stateOf(s3, "after")]).toEqual([undefined, "AES256"]);
});

test("a bucket in another region accepts requests signed for it, and names its region to others", async () => {
  const { sandbox } = await start();
  sandbox.changeBehaviour({ bucketRegions: { bucket: "eu-west-3" } });
  const list = async (region: string) => {
    const s3 = clientOf({ ...sandbox, region }, sandbox.credentials);
    const found = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" })).then(
      () => "done",
      ({ name, Region }) => [name, Region],
    );
    s3.destroy();
    return found;
  };
  expect(await list("eu-west-3")).toBe("done");
  expect(await list("us-west-2")).toEqual(["AuthorizationHeaderMalformed", "eu-west-3"]);
});
