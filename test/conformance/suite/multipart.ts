import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, copySource, refusal } from "../target.js";

const MIB = 1024 ** 2;
const FIVE_MIB = Buffer.alloc(5 * MIB, "a");
const WRONG = '"00000000000000000000000000000000"';

type Extra = Omit<CreateMultipartUploadCommandInput, "Bucket" | "Key">;

async function begin(s3: S3Client, Bucket: string, Key: string, extra: Extra = {}): Promise<string> {
  const { UploadId = "" } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...extra }));
  return UploadId;
}

async function upload(s3: S3Client, Bucket: string, Key: string, bodies: readonly (Buffer | string)[], extra?: Extra) {
  const UploadId = await begin(s3, Bucket, Key, extra);
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  return { Bucket, Key, UploadId, MultipartUpload: { Parts } };
}

export function checkMultipart(check: Check): void {
  check("a multipart object has the ETag of its parts, and parts that HEAD and GET find", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const request = await upload(s3, Bucket, "k", [FIVE_MIB, "tail"]);
    const done = await s3.send(new CompleteMultipartUploadCommand(request));
    const part = await s3.send(new HeadObjectCommand({ Bucket, Key: "k", PartNumber: 2 }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k", PartNumber: 2 }));
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect([part.ContentLength, part.PartsCount, part.ETag]).toEqual([4, 2, done.ETag]);
    expect(await got.Body?.transformToString()).toBe("tail");
    const whole = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect([whole.ContentLength, whole.PartsCount]).toEqual([5 * MIB + 4, undefined]);
  });

  check("a part that the object does not have is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const { status } = await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k", PartNumber: 2 })));
    expect([400, 416]).toContain(status);
  });

  check("what a multipart upload began with is what the object has", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const extra = {
      ContentType: "text/css",
      CacheControl: "no-cache",
      Metadata: { colour: "blue" },
      Tagging: "a=1",
      StorageClass: "STANDARD_IA" as const,
      ServerSideEncryption: "AES256" as const,
    };
    await s3.send(new CompleteMultipartUploadCommand(await upload(s3, Bucket, "k", ["only"], extra)));
    const { Tagging, ...seen } = extra;
    const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).toMatchObject(seen);
    expect(tags.TagSet, Tagging).toEqual([{ Key: "a", Value: "1" }]);
  });

  check("a part below 5 MiB that is not the last is EntityTooSmall", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const request = await upload(s3, Bucket, "k", ["small", "tail"]);
    const done = s3.send(new CompleteMultipartUploadCommand(request));
    expect(await refusal(done)).toEqual({ code: "EntityTooSmall", status: 400 });
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(404);
  });

  check("parts out of order, or with another ETag, are refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const request = await upload(s3, Bucket, "k", [FIVE_MIB, "tail"]);
    const [first, second] = request.MultipartUpload.Parts;
    const complete = (Parts: object[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...request, MultipartUpload: { Parts } }));
    expect(await refusal(complete([second as object, first as object]))).toMatchObject({ code: "InvalidPartOrder" });
    expect(await refusal(complete([{ PartNumber: 1, ETag: WRONG }]))).toMatchObject({ code: "InvalidPart" });
  });

  check("complete with a wrong If-Match is 412 and leaves the object", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "old" }));
    const request = await upload(s3, Bucket, "k", ["new"]);
    const wrong = s3.send(new CompleteMultipartUploadCommand({ ...request, IfMatch: WRONG }));
    expect(await refusal(wrong)).toEqual({ code: "PreconditionFailed", status: 412 });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ETag).toBe(ETag);
    await s3.send(new CompleteMultipartUploadCommand({ ...request, IfMatch: ETag }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect(await got.Body?.transformToString()).toBe("new");
  });

  check("complete with If-None-Match * is 412 where an object is", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "old" }));
    const request = await upload(s3, Bucket, "k", ["new"]);
    const done = s3.send(new CompleteMultipartUploadCommand({ ...request, IfNoneMatch: "*" }));
    expect(await refusal(done)).toEqual({ code: "PreconditionFailed", status: 412 });
  });

  check(
    "parts copied by range make the same bytes and, by the same sizes, the same ETag",
    async ({ s3, newBucket }) => {
      const Bucket = await newBucket();
      const before = await s3.send(
        new CompleteMultipartUploadCommand(await upload(s3, Bucket, "k", [FIVE_MIB, "tail"])),
      );
      const UploadId = await begin(s3, Bucket, "k", { ServerSideEncryption: "AES256" });
      const Parts = [];
      for (const [index, CopySourceRange] of [`bytes=0-${5 * MIB - 1}`, `bytes=${5 * MIB}-${5 * MIB + 3}`].entries()) {
        const PartNumber = index + 1;
        const part = { Bucket, Key: "k", UploadId, PartNumber, CopySourceRange, CopySourceIfMatch: before.ETag };
        const copied = await s3.send(new UploadPartCopyCommand({ ...part, CopySource: copySource(Bucket, "k") }));
        Parts.push({ PartNumber, ETag: copied.CopyPartResult?.ETag });
      }
      const request = { Bucket, Key: "k", UploadId, MultipartUpload: { Parts } };
      const after = await s3.send(new CompleteMultipartUploadCommand(request));
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
      expect(after.ETag).toBe(before.ETag);
      expect([head.ContentLength, head.ServerSideEncryption]).toEqual([5 * MIB + 4, "AES256"]);
    },
  );

  check("a part copied with a wrong source ETag is 412", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const part = { Bucket, Key: "to", UploadId: await begin(s3, Bucket, "to"), PartNumber: 1 };
    const CopySource = copySource(Bucket, "k");
    const copy = s3.send(new UploadPartCopyCommand({ ...part, CopySource, CopySourceIfMatch: WRONG }));
    expect(await refusal(copy)).toEqual({ code: "PreconditionFailed", status: 412 });
  });

  check("a part copied from beyond the end of its source is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "0123" }));
    const part = { Bucket, Key: "to", UploadId: await begin(s3, Bucket, "to"), PartNumber: 1 };
    const CopySource = copySource(Bucket, "k");
    const copy = s3.send(new UploadPartCopyCommand({ ...part, CopySource, CopySourceRange: "bytes=2-9" }));
    expect([400, 416]).toContain((await refusal(copy)).status);
  });

  check("a single copy of a multipart object has a plain MD5 as its ETag", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new CompleteMultipartUploadCommand(await upload(s3, Bucket, "k", [FIVE_MIB, "tail"])));
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource: copySource(Bucket, "k") }));
    expect(copied.CopyObjectResult?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  });

  check("uploads and parts are listed until the upload is aborted", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const { UploadId } = await upload(s3, Bucket, "dir/k", ["one", "two"]);
    const listed = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "dir/" }));
    const parts = await s3.send(new ListPartsCommand({ Bucket, Key: "dir/k", UploadId }));
    expect(listed.Uploads?.map((one) => [one.Key, one.UploadId])).toEqual([["dir/k", UploadId]]);
    expect(parts.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 3],
      [2, 3],
    ]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "dir/k", UploadId }));
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
    const more = s3.send(new UploadPartCommand({ Bucket, Key: "dir/k", UploadId, PartNumber: 3, Body: "x" }));
    expect(await refusal(more)).toEqual({ code: "NoSuchUpload", status: 404 });
  });
}
