import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, refusal } from "../target.js";

const WRONG = '"00000000000000000000000000000000"';

async function putOne(s3: S3Client, Bucket: string, Body = "first"): Promise<string> {
  const { ETag = "" } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body }));
  return ETag;
}

async function bodyOf(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
  return got.Body?.transformToString();
}

export function checkConditions(check: Check): void {
  check("PUT with If-Match replaces the object it names", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const IfMatch = await putOne(s3, Bucket);
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second", IfMatch }));
    expect(await bodyOf(s3, Bucket)).toBe("second");
  });

  check("PUT with another If-Match is 412 and leaves the object", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await putOne(s3, Bucket);
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second", IfMatch: WRONG }));
    expect(await refusal(put)).toEqual({ code: "PreconditionFailed", status: 412 });
    expect(await bodyOf(s3, Bucket)).toBe("first");
  });

  check("PUT with If-Match where nothing is is 404 and creates nothing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", IfMatch: WRONG }));
    expect(await refusal(put)).toEqual({ code: "NoSuchKey", status: 404 });
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(404);
  });

  check("PUT with If-None-Match * creates once, then is 412", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "first", IfNoneMatch: "*" }));
    const again = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second", IfNoneMatch: "*" }));
    expect(await refusal(again)).toEqual({ code: "PreconditionFailed", status: 412 });
    expect(await bodyOf(s3, Bucket)).toBe("first");
  });

  check("DELETE with another If-Match is 412 and leaves the object", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const IfMatch = await putOne(s3, Bucket);
    const wrong = s3.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: WRONG }));
    expect(await refusal(wrong)).toEqual({ code: "PreconditionFailed", status: 412 });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch }));
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(404);
  });

  check("GET and HEAD follow If-Match and If-None-Match", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const ETag = await putOne(s3, Bucket);
    const head = (conditions: object) => s3.send(new HeadObjectCommand({ Bucket, Key: "k", ...conditions }));
    expect((await head({ IfMatch: ETag })).ETag).toBe(ETag);
    expect((await head({ IfNoneMatch: WRONG })).ETag).toBe(ETag);
    expect((await refusal(head({ IfMatch: WRONG }))).status).toBe(412);
    expect((await refusal(head({ IfNoneMatch: ETag }))).status).toBe(304);
  });

  check("GET follows If-Modified-Since and If-Unmodified-Since", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await putOne(s3, Bucket);
    const { LastModified = new Date() } = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    const earlier = new Date(LastModified.getTime() - 3_600_000);
    const get = (conditions: object) => s3.send(new GetObjectCommand({ Bucket, Key: "k", ...conditions }));
    expect(await (await get({ IfModifiedSince: earlier })).Body?.transformToString()).toBe("first");
    expect(await (await get({ IfUnmodifiedSince: LastModified })).Body?.transformToString()).toBe("first");
    expect((await refusal(get({ IfModifiedSince: LastModified }))).status).toBe(304);
    expect((await refusal(get({ IfUnmodifiedSince: earlier }))).status).toBe(412);
  });
}
