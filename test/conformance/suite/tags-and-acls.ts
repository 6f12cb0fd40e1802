import {
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, refusal } from "../target.js";

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
