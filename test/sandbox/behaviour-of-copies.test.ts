import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
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
  WRONG,
} from "./switches.js";

async function copyPart(s3: S3Client, more: Partial<UploadPartCopyCommandInput> = {}, key = {}): Promise<unknown> {
  await put(s3, "k");
  const target = { Bucket: "bucket", Key: "to", ...key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const part = { ...target, UploadId, PartNumber: 1, CopySource: "bucket/k", ...more };
  return code(s3.send(new UploadPartCopyCommand(part)));
}

const SWITCHES: readonly Switched[] = [
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
    title: "the largest copy",
    on: { maxCopyBytes: 4 },
    off: { maxCopyBytes: 3 },
    look: async (s3) => {
      await put(s3, "k", "1234");
      return code(selfCopy(s3));
    },
    expected: { on: "done", off: "InvalidRequest" },
  },
];

describeSwitches(SWITCHES);

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
