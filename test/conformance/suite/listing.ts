import { ListObjectsCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, refusal } from "../target.js";

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
