import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, refusal } from "../target.js";

const AWKWARD_KEYS = [
  "plain.txt",
  "dir/",
  "/leading",
  "a//b",
  "a/./b",
  "a/../b",
  "..",
  "a b+c%20d",
  "é/ü/中文",
  "emoji-😀",
  "question?mark#hash&and=eq",
  "quote'\"<>",
  "tab\tand\u0001control",
  "newline\nreturn\rend",
  "x".repeat(1024),
];

export function checkObjects(check: Check): void {
  check("an object comes back as it was put, with its headers and metadata", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const Expires = new Date("2030-01-01T00:00:00Z");
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "k",
        Body: "hello world",
        ContentType: "text/plain; charset=utf-8",
        ContentEncoding: "identity",
        ContentLanguage: "fr",
        ContentDisposition: 'attachment; filename="x.txt"',
        CacheControl: "max-age=60",
        Expires,
        Metadata: { colour: "blue", empty: "" },
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect(put.ETag).toBe('"5eb63bbbe01eeed093cb22bb8f5acdc3"');
    expect(await got.Body?.transformToString()).toBe("hello world");
    expect(got).toMatchObject({
      ETag: '"5eb63bbbe01eeed093cb22bb8f5acdc3"',
      ContentLength: 11,
      ContentType: "text/plain; charset=utf-8",
      ContentEncoding: "identity",
      ContentLanguage: "fr",
      ContentDisposition: 'attachment; filename="x.txt"',
      CacheControl: "max-age=60",
      ExpiresString: "Tue, 01 Jan 2030 00:00:00 GMT",
    });
    expect(got.Metadata?.colour).toBe("blue");
  });

  check("an object put without a content type is binary/octet-stream", async ({ s3, newBucket, endpoint }) => {
    const Bucket = await newBucket();
    const put = new PutObjectCommand({ Bucket, Key: "k", Body: "x" });
    put.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> };
        delete request.headers["content-type"];
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    await s3.send(put);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(head.ContentType, endpoint).toBe("binary/octet-stream");
  });

  for (const [index, key] of AWKWARD_KEYS.entries()) {
    check(
      `the key number ${index}, ${JSON.stringify(key.slice(0, 30))}, is put, listed, read and deleted`,
      async (target) => {
        const { s3 } = target;
        const Bucket = await target.newBucket();
        await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
        const listed = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
        const got = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
        expect(listed.Contents?.map(({ Key = "" }) => decodeURIComponent(Key.replaceAll("+", "%20")))).toEqual([key]);
        expect(await got.Body?.transformToString()).toBe(key);
        await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
        expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: key })))).status).toBe(404);
      },
    );
  }

  check("a key of 1,025 bytes is refused and not stored, under whichever code", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const put = s3.send(new PutObjectCommand({ Bucket, Key: `${"é".repeat(512)}x`, Body: "" }));
    expect(await refusal(put)).toMatchObject({ status: 400 });
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).toEqual([]);
  });

  check("a range of an object is its bytes, and one past its end is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "0123456789" }));
    const read = async (Range: string) => {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k", Range }));
      return [got.$metadata.httpStatusCode, await got.Body?.transformToString(), got.ContentRange];
    };
    expect(await read("bytes=2-4")).toEqual([206, "234", "bytes 2-4/10"]);
    expect(await read("bytes=7-")).toEqual([206, "789", "bytes 7-9/10"]);
    expect(await read("bytes=-3")).toEqual([206, "789", "bytes 7-9/10"]);
    expect(await read("bytes=5-500")).toEqual([206, "56789", "bytes 5-9/10"]);
    const past = s3.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=10-" }));
    expect(await refusal(past)).toEqual({ code: "InvalidRange", status: 416 });
  });

  check("an object of no bytes has length 0 and the MD5 of nothing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "" }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect([head.ContentLength, head.ETag]).toEqual([0, '"d41d8cd98f00b204e9800998ecf8427e"']);
  });

  check("what does not exist is NoSuchKey or NoSuchBucket, and a bare 404 to HEAD", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const Key = "missing";
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key })))).toEqual({ code: "NoSuchKey", status: 404 });
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key })))).toEqual({ code: "NotFound", status: 404 });
    const absent = "bucketseal-no-such-bucket-5f1c";
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: absent })))).toMatchObject({ status: 404 });
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket: absent, Key })))).toEqual({
      code: "NoSuchBucket",
      status: 404,
    });
  });

  check("DeleteObjects deletes what is named, also what is not there, and nothing else", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    for (const Key of ["a", "b & <c>", "keep"]) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    }
    const Objects = [{ Key: "a" }, { Key: "b & <c>" }, { Key: "never-was" }];
    const deleted = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(deleted.Deleted?.map(({ Key }) => Key).sort()).toEqual(["a", "b & <c>", "never-was"]);
    expect(deleted.Errors ?? []).toEqual([]);
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(["keep"]);
  });

  check("a body that does not have its Content-MD5 is refused and not stored", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const ContentMD5 = "1B2M2Y8AsgTpgAmY7PhCfg==";
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "not nothing", ContentMD5 }));
    expect(await refusal(put)).toEqual({ code: "BadDigest", status: 400 });
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(404);
  });

  check("a checksum is kept and given back when asked for, and a wrong one is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello", ChecksumAlgorithm: "SHA256" }));
    const silent = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    const asked = await s3.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
    const sha256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    expect([put.ChecksumSHA256, silent.ChecksumSHA256, asked.ChecksumSHA256]).toEqual([sha256, undefined, sha256]);
    const wrong = s3.send(new PutObjectCommand({ Bucket, Key: "w", Body: "other", ChecksumSHA256: sha256 }));
    expect(await refusal(wrong)).toEqual({ code: "BadDigest", status: 400 });
  });
}
