import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, copySource, refusal } from "../target.js";

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
