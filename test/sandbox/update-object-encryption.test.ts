import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type ObjectEncryption,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UpdateObjectEncryptionCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { DEFAULT_CREDENTIALS, type SandboxOptions } from "../../sandbox/index.js";
import { clientOf, start } from "./client.js";

const ARN = "arn:aws:kms:sandbox:000000000000:key/";
const VAULT = `${ARN}11111111-1111-4111-8111-111111111111`;
const OTHER = `${ARN}22222222-2222-4222-8222-222222222222`;
const OFF = `${ARN}33333333-3333-4333-8333-333333333333`;
const object = { Bucket: "letters", Key: "k" };
const SSE_S3 = { ServerSideEncryption: "AES256" as const };
const KMS = { ServerSideEncryption: "aws:kms" as const };

/** A sandbox with a bucket that has versions and takes locks. */
async function open(options: SandboxOptions = {}) {
  const started = await start(options);
  await started.s3.send(new CreateBucketCommand({ Bucket: "letters", ObjectLockEnabledForBucket: true }));
  return started;
}

const put = (s3: S3Client, more: Partial<PutObjectCommandInput>) =>
  s3.send(new PutObjectCommand({ ...object, Body: "a letter", ChecksumAlgorithm: "CRC32", ...more }));
const head = async (s3: S3Client, VersionId?: string) => {
  const { $metadata: _metadata, ...seen } = await s3.send(new HeadObjectCommand({ ...object, VersionId }));
  return seen;
};
/** "done", or code and message of the refusal. */
const update = (s3: S3Client, KMSKeyArn: string, more: { VersionId?: string; BucketKeyEnabled?: boolean } = {}) => {
  const { BucketKeyEnabled, ...address } = more;
  const ObjectEncryption = { SSEKMS: { KMSKeyArn, BucketKeyEnabled } };
  return send(s3, ObjectEncryption, address);
};
const send = (s3: S3Client, ObjectEncryption: ObjectEncryption, address: { VersionId?: string } = {}) =>
  s3.send(new UpdateObjectEncryptionCommand({ ...object, ...address, ObjectEncryption })).then(
    () => "done",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("UpdateObjectEncryption", () => {
  test("changes the key of an object and nothing else that HEAD shows, and its bytes can be read", async () => {
    const { s3 } = await open();
    await put(s3, { ...SSE_S3, Tagging: "a=b", Metadata: { a: "b" }, StorageClass: "STANDARD_IA" });
    const before = await head(s3);
    expect(await update(s3, VAULT, { BucketKeyEnabled: true })).toBe("done");
    const shown = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: VAULT };
    expect(await head(s3)).toEqual({ ...before, ...shown, BucketKeyEnabled: true });
    expect(await update(s3, OTHER)).toBe("done");
    expect(await head(s3)).toEqual({ ...before, ServerSideEncryption: "aws:kms", SSEKMSKeyId: OTHER });
    const { Body } = await s3.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe("a letter");
  });

  test("changes the version that is named, and no other", async () => {
    const { s3 } = await open();
    const { VersionId: older = "" } = await put(s3, SSE_S3);
    const { VersionId: newer } = await put(s3, SSE_S3);
    expect(await update(s3, VAULT, { VersionId: older })).toBe("done");
    expect((await head(s3, older)).SSEKMSKeyId).toBe(VAULT);
    expect(await head(s3)).toMatchObject({ VersionId: newer, ServerSideEncryption: "AES256" });
  });

  test.each([
    ["plaintext", {}, VAULT, /^InvalidRequest: .*doesn't support unencrypted source objects/],
    ["DSSE-KMS", { ServerSideEncryption: "aws:kms:dsse" }, VAULT, /^InvalidRequest: .*DSSE-KMS or SSE-C/],
    ["an alias", SSE_S3, "alias/vault", /^InvalidRequest: .*require a valid AWS KMS key/],
    ["the ID of a key", SSE_S3, VAULT.slice(ARN.length), /^InvalidRequest: .*require a valid AWS KMS key/],
    ["the ARN of an alias", SSE_S3, "arn:aws:kms:sandbox:000000000000:alias/vault", /^InvalidRequest: /],
    ["an unknown key", SSE_S3, `${ARN}no-such-key`, /^KMS\.NotFoundException: /],
    ["a disabled key", SSE_S3, OFF, /^KMS\.DisabledException: /],
    [
      "a legal hold",
      { ...SSE_S3, ObjectLockLegalHoldStatus: "ON" },
      VAULT,
      /^AccessDenied: .*protected by S3 Object Lock/,
    ],
  ] as const)("refuses %s, and changes nothing", async (_title, headers, key, expected) => {
    const { s3 } = await open();
    await put(s3, headers);
    const before = await head(s3);
    expect(await update(s3, key)).toMatch(expected);
    expect(await head(s3)).toEqual(before);
  });

  test("refuses a retention until it ends", async () => {
    const MINUTE_MS = 60_000;
    let aheadMs = 0;
    const { s3 } = await open({ clock: () => new Date(Date.now() + aheadMs) });
    const ObjectLockRetainUntilDate = new Date(Date.now() + 10 * MINUTE_MS);
    await put(s3, { ...SSE_S3, ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate });
    expect(await update(s3, VAULT)).toMatch(/^AccessDenied: .*protected by S3 Object Lock/);
    aheadMs = 11 * MINUTE_MS;
    expect(await update(s3, VAULT)).toBe("done");
  });

  test("refuses another encryption than SSE-KMS", async () => {
    const { s3 } = await open();
    await put(s3, SSE_S3);
    const other = { SSES3: {} } as unknown as ObjectEncryption;
    expect(await send(s3, other)).toMatch(/^InvalidRequest: .*Valid values are SSEKMS/);
  });

  test.each(["s3:UpdateObjectEncryption", "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt*"])(
    "needs the right %s",
    async (denied) => {
      const user = { accessKeyId: "USER", secretAccessKey: "a secret", deny: [denied] };
      const { s3, sandbox } = await open({ credentials: [DEFAULT_CREDENTIALS, user] });
      await put(s3, { ...KMS, SSEKMSKeyId: OTHER });
      const other = clientOf(sandbox, user);
      expect(await update(other, VAULT)).toMatch(new RegExp(`^AccessDenied: .*${denied.replace("*", "")}`));
      other.destroy();
      expect((await head(s3)).SSEKMSKeyId).toBe(OTHER);
    },
  );
});
