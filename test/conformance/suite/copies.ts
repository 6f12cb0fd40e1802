import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, copySource, type Refusal, refusal } from "../target.js";

const WRONG = '"00000000000000000000000000000000"';
const AES256 = { ServerSideEncryption: "AES256" as const };

export function checkCopies(check: Check): void {
  check("a self copy that changes nothing is InvalidRequest", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const copy = s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: copySource(Bucket, "k") }));
    expect(await refusal(copy)).toEqual({ code: "InvalidRequest", status: 400 });
  });

  check(
    "a self copy that changes the encryption encrypts, and keeps body, headers, metadata and tags",
    async (target) => {
      const { s3 } = target;
      const Bucket = await target.newBucket();
      const Key = "dir/a b+c%20é/?#&.txt";
      const headers = { ContentType: "text/css", CacheControl: "no-cache", ContentDisposition: "inline" };
      const before = { Bucket, Key, Body: "kept", ...headers, Metadata: { colour: "blue" }, Tagging: "a=1&b=2%203" };
      await s3.send(new PutObjectCommand(before));
      const copied = await s3.send(
        new CopyObjectCommand({ Bucket, Key, CopySource: copySource(Bucket, Key), ...AES256 }),
      );
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
      expect(await got.Body?.transformToString()).toBe("kept");
      expect(got).toMatchObject({ ...headers, ...AES256, Metadata: { colour: "blue" } });
      expect(got.ETag).toBe(copied.CopyObjectResult?.ETag);
      expect(tags.TagSet).toEqual([
        { Key: "a", Value: "1" },
        { Key: "b", Value: "2 3" },
      ]);
    },
  );

  check("REPLACE drops the metadata of the source and takes that of the request", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const Metadata = { colour: "blue" };
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Metadata, ContentType: "text/css" }));
    const CopySource = copySource(Bucket, "k");
    const request = { Bucket, Key: "k", CopySource, ContentType: "text/html", Metadata: { size: "1" } };
    await s3.send(new CopyObjectCommand({ ...request, MetadataDirective: "REPLACE" }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect([head.Metadata, head.ContentType]).toEqual([{ size: "1" }, "text/html"]);
  });

  check("tags follow the tagging directive", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Tagging: "a=1" }));
    const CopySource = copySource(Bucket, "k");
    const tagsOf = async (Key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "kept", CopySource }));
    await s3.send(
      new CopyObjectCommand({ Bucket, Key: "new", CopySource, TaggingDirective: "REPLACE", Tagging: "b=2" }),
    );
    expect(await tagsOf("kept")).toEqual([{ Key: "a", Value: "1" }]);
    expect(await tagsOf("new")).toEqual([{ Key: "b", Value: "2" }]);
  });

  check("a single copy resets storage class and website redirect", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const special = { StorageClass: "STANDARD_IA" as const, WebsiteRedirectLocation: "/elsewhere" };
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...special }));
    const CopySource = copySource(Bucket, "k");
    await s3.send(new CopyObjectCommand({ Bucket, Key: "reset", CopySource }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: "again", CopySource, ...special }));
    const reset = await s3.send(new HeadObjectCommand({ Bucket, Key: "reset" }));
    const again = await s3.send(new HeadObjectCommand({ Bucket, Key: "again" }));
    expect([reset.StorageClass, reset.WebsiteRedirectLocation]).toEqual([undefined, undefined]);
    expect(again).toMatchObject(special);
  });

  check("a single copy resets the ACL", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await s3.send(new PutObjectAclCommand({ Bucket, Key: "k", ACL: "public-read" }));
    const grants = async () => (await s3.send(new GetObjectAclCommand({ Bucket, Key: "k" }))).Grants ?? [];
    expect(await grants()).toHaveLength(2);
    await s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: copySource(Bucket, "k"), ...AES256 }));
    expect((await grants()).map(({ Permission }) => Permission)).toEqual(["FULL_CONTROL"]);
  });

  check("a copy with a wrong source ETag is 412 and changes nothing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const request = { Bucket, Key: "k", CopySource: copySource(Bucket, "k"), ...AES256 };
    const wrong = s3.send(new CopyObjectCommand({ ...request, CopySourceIfMatch: WRONG }));
    expect(await refusal(wrong)).toEqual({ code: "PreconditionFailed", status: 412 });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ServerSideEncryption).toBeUndefined();
  });

  check("the other conditions on the source of a copy are followed", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const { LastModified = new Date() } = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    const earlier = new Date(LastModified.getTime() - 3_600_000);
    const copy = (conditions: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource: copySource(Bucket, "k"), ...conditions }));
    await copy({ CopySourceIfMatch: ETag });
    await copy({ CopySourceIfNoneMatch: WRONG, CopySourceIfModifiedSince: earlier });
    await copy({ CopySourceIfUnmodifiedSince: LastModified });
    for (const failing of [
      { CopySourceIfNoneMatch: ETag },
      { CopySourceIfModifiedSince: LastModified },
      { CopySourceIfUnmodifiedSince: earlier },
    ]) {
      expect(await refusal(copy(failing))).toEqual({ code: "PreconditionFailed", status: 412 });
    }
  });

  check("a copy with If-Match on its destination replaces that object alone", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "from", Body: "new" }));
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "to", Body: "old" }));
    const copy = (IfMatch: string | undefined, Key = "to") =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: copySource(Bucket, "from"), IfMatch }));
    expect(await refusal(copy(WRONG))).toEqual({ code: "PreconditionFailed", status: 412 });
    expect((await refusal(copy(ETag, "nowhere"))).status).toBe(404);
    await copy(ETag);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "to" }));
    expect(await got.Body?.transformToString()).toBe("new");
  });

  check("a copy of what does not exist is NoSuchKey", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const copy = s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource: copySource(Bucket, "missing") }));
    expect(await refusal(copy)).toEqual({ code: "NoSuchKey", status: 404 });
  });

  check("an object of an archive class is read and copied, or refused to both", async (target) => {
    const { s3 } = target;
    const Bucket = await target.newBucket();
    const archived = { Bucket, Key: "k", Body: "x", StorageClass: "GLACIER" as const };
    // Whether there is such a class is the server's choice, and whether it has to be restored first.
    if ((await outcome(s3.send(new PutObjectCommand(archived)))) !== "done") return;
    const CopySource = copySource(Bucket, "k");
    const get = await outcome(s3.send(new GetObjectCommand({ Bucket, Key: "k" })));
    const copy = await outcome(s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource })));
    if (get === "done") {
      expect(copy).toBe("done");
    } else {
      expect(get).toEqual({ code: "InvalidObjectState", status: 403 });
      expect(copy).toMatchObject({ status: 403 });
    }
  });
}

async function outcome(call: Promise<unknown>): Promise<"done" | Refusal> {
  try {
    await call;
    return "done";
  } catch (error) {
    return refusal(Promise.reject(error));
  }
}

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
