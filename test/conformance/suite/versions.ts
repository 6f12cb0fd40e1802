import {
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, copySource, enableVersioning, refusal } from "../target.js";

async function put(s3: S3Client, Bucket: string, Body: string, Key = "k"): Promise<string | undefined> {
  return (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
}

async function suspend(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }));
}

async function chain(s3: S3Client, Bucket: string): Promise<unknown[]> {
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  const versions = (listed.Versions ?? []).map(({ VersionId, IsLatest, Size }) => [VersionId, IsLatest, Size]);
  const markers = (listed.DeleteMarkers ?? []).map(({ VersionId, IsLatest }) => [VersionId, IsLatest, "marker"]);
  return [...versions, ...markers];
}

export function checkVersions(check: Check): void {
  check("a bucket has no versioning until it is enabled", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
    expect(await status()).toBeUndefined();
    expect(await put(s3, Bucket, "x")).toBeUndefined();
    await enableVersioning(s3, Bucket);
    expect(await status()).toBe("Enabled");
    await suspend(s3, Bucket);
    expect(await status()).toBe("Suspended");
  });

  check("an overwritten version stays readable by its id", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    const first = await put(s3, Bucket, "first");
    const second = await put(s3, Bucket, "second!");
    const read = async (VersionId?: string) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key: "k", VersionId }))).Body?.transformToString();
    expect([await read(first), await read(second), await read()]).toEqual(["first", "second!", "second!"]);
    expect(await chain(s3, Bucket)).toEqual([
      [second, true, 7],
      [first, false, 5],
    ]);
  });

  check("a deleted object is hidden by a marker and comes back when the marker goes", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    await put(s3, Bucket, "x");
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect(deleted.DeleteMarker).toBe(true);
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: "k" })))).toEqual({
      code: "NoSuchKey",
      status: 404,
    });
    const VersionId = deleted.VersionId;
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k", VersionId })))).status).toBe(405);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ContentLength).toBe(1);
  });

  check("a self copy on a versioned bucket leaves the plaintext version behind", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    const first = await put(s3, Bucket, "x");
    const CopySource = copySource(Bucket, "k", first);
    const copied = await s3.send(
      new CopyObjectCommand({ Bucket, Key: "k", CopySource, ServerSideEncryption: "AES256" }),
    );
    expect(copied.CopySourceVersionId).toBe(first);
    const state = async (VersionId?: string) =>
      (await s3.send(new HeadObjectCommand({ Bucket, Key: "k", VersionId }))).ServerSideEncryption;
    expect([await state(first), await state(copied.VersionId), await state()]).toEqual([undefined, "AES256", "AES256"]);
  });

  check("what was there before versioning is the null version, and suspension replaces it alone", async (target) => {
    const { s3 } = target;
    const Bucket = await target.newBucket();
    await put(s3, Bucket, "a");
    await enableVersioning(s3, Bucket);
    const kept = await put(s3, Bucket, "bb");
    expect(await chain(s3, Bucket)).toEqual([
      [kept, true, 2],
      ["null", false, 1],
    ]);
    await suspend(s3, Bucket);
    await put(s3, Bucket, "ccc");
    expect(await chain(s3, Bucket)).toEqual([
      ["null", true, 3],
      [kept, false, 2],
    ]);
  });

  check("a delete under suspension puts a null marker in the place of the null version", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    const kept = await put(s3, Bucket, "a");
    await suspend(s3, Bucket);
    await put(s3, Bucket, "bb");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect(await chain(s3, Bucket)).toEqual([
      [kept, false, 1],
      ["null", true, "marker"],
    ]);
  });

  check("pages of versions show every version once", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    const expected: (string | undefined)[] = [];
    for (const Key of ["a", "b"]) {
      const ids = [await put(s3, Bucket, "1", Key), await put(s3, Bucket, "2", Key), await put(s3, Bucket, "3", Key)];
      expected.push(...ids.toReversed());
    }
    for (const MaxKeys of [1, 2, 4]) {
      const seen: (string | undefined)[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (markers !== undefined) {
        const page: ListObjectVersionsCommandOutput = await s3.send(
          new ListObjectVersionsCommand({ Bucket, MaxKeys, ...markers }),
        );
        seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
        markers = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      }
      expect(seen).toEqual(expected);
    }
  });

  check("a bucket is not deleted while a version or a marker is in it", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    await put(s3, Bucket, "x");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const remove = s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await refusal(remove)).toEqual({ code: "BucketNotEmpty", status: 409 });
  });

  check("a version that never was is NoSuchVersion or a malformed id", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    await put(s3, Bucket, "x");
    const get = s3.send(new GetObjectCommand({ Bucket, Key: "k", VersionId: "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH" }));
    expect([400, 404]).toContain((await refusal(get)).status);
  });
}

const tomorrow = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 24 * 3_600_000);
const governed = () => ({ ObjectLockMode: "GOVERNANCE" as const, ObjectLockRetainUntilDate: tomorrow() });
// S3 asks for a checksum of everything that is put under a lock.
const CHECKED = { ChecksumAlgorithm: "SHA256" as const };

export function checkLocks(check: Check): void {
  check("a retained version cannot be deleted, except by a bypass of governance", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("locked");
    const { VersionId } = await s3.send(
      new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...CHECKED, ...governed() }),
    );
    const remove = (BypassGovernanceRetention?: boolean) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId, BypassGovernanceRetention }));
    expect(await refusal(remove())).toEqual({ code: "AccessDenied", status: 403 });
    await remove(true);
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(404);
  });

  check("a legal hold keeps a version until it is taken off", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("locked");
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const hold = (Status: "ON" | "OFF") =>
      s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: "k", LegalHold: { Status } }));
    const remove = () => s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId }));
    await hold("ON");
    expect((await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: "k" }))).LegalHold?.Status).toBe("ON");
    expect((await refusal(remove())).status).toBe(403);
    await hold("OFF");
    await remove();
  });

  check("a retention is told by HEAD and by GetObjectRetention", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("locked");
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const RetainUntilDate = tomorrow();
    const Retention = { Mode: "GOVERNANCE" as const, RetainUntilDate };
    await s3.send(new PutObjectRetentionCommand({ Bucket, Key: "k", Retention }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect((await s3.send(new GetObjectRetentionCommand({ Bucket, Key: "k" }))).Retention).toEqual(Retention);
    expect([head.ObjectLockMode, head.ObjectLockRetainUntilDate]).toEqual(["GOVERNANCE", RetainUntilDate]);
  });

  check("a copy does not carry the lock of its source, unless it is sent again", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("locked");
    const lock = governed();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...CHECKED, ...lock }));
    const CopySource = copySource(Bucket, "k");
    await s3.send(new CopyObjectCommand({ Bucket, Key: "bare", CopySource }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: "again", CopySource, ...lock }));
    const bare = await s3.send(new HeadObjectCommand({ Bucket, Key: "bare" }));
    const again = await s3.send(new HeadObjectCommand({ Bucket, Key: "again" }));
    expect(bare.ObjectLockMode).toBeUndefined();
    expect(again).toMatchObject(lock);
  });

  check("a default retention is given to what is put without one", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("locked");
    const Rule = { DefaultRetention: { Mode: "GOVERNANCE" as const, Days: 1 } };
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" as const, Rule };
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    const read = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(read.ObjectLockConfiguration).toMatchObject(ObjectLockConfiguration);
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...CHECKED }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ObjectLockMode).toBe("GOVERNANCE");
  });

  check("an object put under a lock without any checksum is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("locked");
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...governed() }));
    expect((await refusal(put)).status).toBe(400);
  });

  check("a bucket without Object Lock refuses a lock and has no configuration", async ({ s3, newBucket }) => {
    const Bucket = await newBucket("versioned");
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...governed() }));
    expect((await refusal(put)).status).toBe(400);
    const read = s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(await refusal(read)).toEqual({ code: "ObjectLockConfigurationNotFoundError", status: 404 });
  });
}
