import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
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

const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";

export function checkTagsAndAcls(check: Check): void {
  check("tags are set, counted, read and deleted", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const TagSet = [
      { Key: "project", Value: "a + b: é" },
      { Key: "empty", Value: "" },
    ];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet } }));
    const read = (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet ?? [];
    // In whichever order.
    expect(read.toSorted((a, b) => (b.Key ?? "").localeCompare(a.Key ?? ""))).toEqual(TagSet);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).TagCount).toBe(2);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: "k" }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet).toEqual([]);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).TagCount).toBeUndefined();
  });

  check("an eleventh tag is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const TagSet = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
    const put = s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet } }));
    expect((await refusal(put)).status).toBe(400);
  });

  check("a tag with a character that tags may not have is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const TagSet = [{ Key: "project", Value: "a & b" }];
    const put = s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet } }));
    expect(await refusal(put)).toEqual({ code: "InvalidTag", status: 400 });
  });

  check("an object is its owner's alone, until a canned ACL opens it", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const read = () => s3.send(new GetObjectAclCommand({ Bucket, Key: "k" }));
    expect((await read()).Grants?.map(({ Permission }) => Permission)).toEqual(["FULL_CONTROL"]);
    await s3.send(new PutObjectAclCommand({ Bucket, Key: "k", ACL: "public-read" }));
    const open = (await read()).Grants?.find(({ Grantee }) => Grantee?.URI === ALL_USERS);
    expect(open?.Permission).toBe("READ");
  });

  check("an ACL that was read can be written as it was read", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "from", Body: "x", ACL: "public-read" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "to", Body: "x" }));
    const { Grants, Owner } = await s3.send(new GetObjectAclCommand({ Bucket, Key: "from" }));
    await s3.send(new PutObjectAclCommand({ Bucket, Key: "to", AccessControlPolicy: { Grants, Owner } }));
    expect((await s3.send(new GetObjectAclCommand({ Bucket, Key: "to" }))).Grants).toEqual(Grants);
  });

  check("a bucket has an ACL, and is listed among the buckets", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const acl = await s3.send(new GetBucketAclCommand({ Bucket }));
    const listed = await s3.send(new ListBucketsCommand({}));
    expect(acl.Grants?.map(({ Permission }) => Permission)).toEqual(["FULL_CONTROL"]);
    expect(listed.Buckets?.map(({ Name }) => Name)).toContain(Bucket);
  });

  check("settings that were never made are named as missing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const codes = [
      await refusal(s3.send(new GetBucketTaggingCommand({ Bucket }))),
      await refusal(s3.send(new GetBucketCorsCommand({ Bucket }))),
      await refusal(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))),
    ];
    expect(codes.map(({ code }) => code)).toEqual([
      "NoSuchTagSet",
      "NoSuchCORSConfiguration",
      "NoSuchLifecycleConfiguration",
    ]);
  });

  check("tags and lifecycle rules of a bucket are read as they were put", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const TagSet = [{ Key: "team", Value: "storage" }];
    const rule = { ID: "old", Status: "Enabled" as const, Filter: { Prefix: "logs/" }, Expiration: { Days: 30 } };
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
    expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toMatchObject([rule]);
  });
}

// In the order of their UTF-8 bytes; by UTF-16 units the last two change places.
const ORDERED = ["-", "A", "a", "a/b/1", "a/b/2", "a/c", "a0", "b", "é", "\uff61", "😀"];

async function fill(s3: S3Client, Bucket: string, keys: readonly string[] = ORDERED): Promise<void> {
  for (const Key of keys.toReversed()) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  }
}

export function checkListing(check: Check): void {
  check("keys are listed in the order of their UTF-8 bytes", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await fill(s3, Bucket);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(ORDERED);
    expect([listed.KeyCount, listed.IsTruncated]).toEqual([ORDERED.length, false]);
  });

  check("pages of any size show every key once", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await fill(s3, Bucket);
    for (const MaxKeys of [1, 2, 3, 10, 11]) {
      const seen: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys, ContinuationToken }));
        seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      expect(seen).toEqual(ORDERED);
    }
  });

  check("a prefix and StartAfter narrow a listing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await fill(s3, Bucket);
    const keys = async (request: object) =>
      ((await s3.send(new ListObjectsV2Command({ Bucket, ...request }))).Contents ?? []).map(({ Key }) => Key);
    expect(await keys({ Prefix: "a/" })).toEqual(["a/b/1", "a/b/2", "a/c"]);
    expect(await keys({ Prefix: "none" })).toEqual([]);
    expect(await keys({ StartAfter: "a/b/1" })).toEqual(ORDERED.slice(4));
    expect(await keys({ StartAfter: "a/b/1", Prefix: "a/" })).toEqual(["a/b/2", "a/c"]);
  });

  check("a delimiter rolls keys up into common prefixes, over pages too", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await fill(s3, Bucket);
    const all = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", Prefix: "a" }));
    expect(all.Contents?.map(({ Key }) => Key)).toEqual(["a", "a0"]);
    expect(all.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const request = { Bucket, Delimiter: "/", Prefix: "a/", MaxKeys: 1, ContinuationToken };
      const page = await s3.send(new ListObjectsV2Command(request));
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).toEqual(["a/b/", "a/c"]);
  });

  check("the first version of ListObjects goes on after its marker", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await fill(s3, Bucket);
    const page = await s3.send(new ListObjectsCommand({ Bucket, Marker: "a/c", MaxKeys: 2 }));
    expect([page.Contents?.map(({ Key }) => Key), page.IsTruncated]).toEqual([["a0", "b"], true]);
  });

  check("EncodingType url encodes keys, and they decode to what was put", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await fill(s3, Bucket, ["a b+c/é\u0001"]);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    const key = listed.Contents?.[0]?.Key ?? "";
    // A space comes as a plus or as %20, and a slash as it is or encoded: a plus that was put is always encoded.
    expect(key).toMatch(/^[a-z](\+|%20)b%2Bc(\/|%2F)%C3%A9%01$/i);
    expect(decodeURIComponent(key.replaceAll("+", "%20"))).toBe("a b+c/é\u0001");
    expect(listed.EncodingType).toBe("url");
  });

  check("an entry tells size, ETag, class and time; a bucket of nothing has none", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    await fill(s3, Bucket, ["k"]);
    const [entry] = (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? [];
    expect(entry).toMatchObject({ Size: 1, ETag: '"8ce4b16b22b58894aa86c421e8759df3"', StorageClass: "STANDARD" });
    expect(Math.abs((entry?.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(15 * 60_000);
  });

  check("a listing of no bucket is NoSuchBucket", async ({ s3 }) => {
    const list = s3.send(new ListObjectsV2Command({ Bucket: "bucketseal-no-such-bucket-5f1c" }));
    expect(await refusal(list)).toEqual({ code: "NoSuchBucket", status: 404 });
  });
}
