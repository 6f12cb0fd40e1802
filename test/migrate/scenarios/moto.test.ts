// @module-tag slow
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { audit, type Loss, migrate, probe, type Topic } from "../../../migrate/index.js";
import { createBucket, type RawS3, rawS3 } from "../../buckets/raw-s3.js";
import { fillBucket, runOptions } from "../../buckets/start-world.js";
import { findExecutable, MOTO_MISSING, type MotoServer, startMoto } from "../../servers/programs.js";
import { found, probeOptions, setVersioning } from "../fixtures/versioned-world.js";

const MIB = 1024 * 1024;
const KEYS = ["plain", "dir/", "a b+c%20é/?#&.txt", "//", "with metadata", "🦊"];

/** As `aws s3 cp` uploads a large file. */
async function uploadInParts(s3: S3Client, Key: string): Promise<void> {
  const to = { Bucket: "bucket", Key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...to, Metadata: { owner: "finance" } }));
  const Parts: CompletedPart[] = [];
  for (const [PartNumber, bytes] of [
    [1, 5 * MIB],
    [2, 1],
  ] as const) {
    const part = new UploadPartCommand({ ...to, UploadId, PartNumber, Body: Buffer.alloc(bytes, PartNumber) });
    Parts.push({ PartNumber, ETag: (await s3.send(part)).ETag });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...to, UploadId, MultipartUpload: { Parts } }));
}

async function migrateOnMoto() {
  const moto = await startMoto();
  if (moto === undefined) throw new Error(MOTO_MISSING);
  const raw = rawS3(moto);
  const s3 = new S3Client({ ...moto, forcePathStyle: true });
  onTestFinished(async () => {
    raw.close();
    s3.destroy();
    await moto.close();
  });
  const headers = { "x-amz-meta-owner": "finance", "content-type": "text/x-test" };
  const objects = KEYS.map((key) => ({ key, body: Buffer.from(`body of ${key}`), headers }));
  await fillBucket(raw, "bucket", [...objects, { key: "large", body: Buffer.alloc(6 * MIB), headers }]);
  await uploadInParts(s3, "uploaded in parts");
  // moto answers 500 to every question for the access control list of an object that was uploaded in parts.
  const options = (acceptLoss: readonly Loss[] = ["acl"]) =>
    runOptions(moto, "bucket", { provider: "generic", copyCutoff: 5 * MIB, acceptLoss });
  const refused = await migrate({ ...(await options([])), include: ["uploaded*"] });
  const { summary } = await migrate(await options());
  return {
    s3,
    refused: refused.summary,
    summary,
    again: async () => {
      const { copyCutoff: _copyCutoff, acceptLoss: _acceptLoss, ...rest } = await options();
      return audit(rest);
    },
  };
}

describe("migrate on moto_server", () => {
  test.skipIf(findExecutable("moto_server") === undefined)("encrypts every object of a bucket", async () => {
    const { s3, refused, summary, again } = await migrateOnMoto();
    expect(refused.total.reasons["acl-cannot-be-carried"]?.objects).toBe(1);
    expect(summary.total.outcomes.migrated.objects).toBe(KEYS.length + 2);
    for (const Key of [...KEYS, "large", "uploaded in parts"]) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: "bucket", Key }));
      expect([Key, head.ServerSideEncryption, head.Metadata?.owner]).toEqual([Key, "AES256", "finance"]);
    }
    expect((await again()).summary.total.statesNow["sse-s3"].objects).toBe(KEYS.length + 2);
  });
});

describe("probe of moto_server", () => {
  if (findExecutable("moto_server") === undefined) {
    test.skip(`is skipped because ${MOTO_MISSING}`, () => undefined);
    return;
  }
  let moto: MotoServer;
  let raw: RawS3;
  beforeAll(async () => {
    moto = (await startMoto()) as MotoServer;
    raw = rawS3(moto);
  });
  afterAll(async () => {
    raw.close();
    await moto.close();
  });

  test.each(["unversioned", "versioned"])(
    "finds that conditions are ignored, and leaves nothing in a bucket that is %s",
    async (kind) => {
      await createBucket(raw, kind);
      if (kind === "versioned") await setVersioning(raw, kind, "Enabled");
      const result = await probe(probeOptions(moto, kind, { provider: "generic" }));
      const answers = (...topics: readonly Topic[]) =>
        Object.fromEntries(topics.map((topic) => [topic, found(result, topic)]));
      expect(
        answers("copy-if-match", "copy-source-if-match", "part-copy-source-if-match", "complete-if-match"),
      ).toEqual({
        "copy-if-match": "no",
        "copy-source-if-match": "no",
        "part-copy-source-if-match": "no",
        "complete-if-match": "no",
      });
      expect(
        answers(
          "put-with-sse",
          "head-sse-after-put",
          "self-copy",
          "head-sse-after-copy",
          "body-after-copy",
          "upload-part-copy",
        ),
      ).toEqual({
        "put-with-sse": "yes",
        "head-sse-after-put": "yes",
        "self-copy": "yes",
        "head-sse-after-copy": "yes",
        "body-after-copy": "yes",
        "upload-part-copy": "yes",
      });
      expect(found(result, "versioning")).toBe(kind === "versioned" ? "enabled" : "never");
      expect(result).toMatchObject({ end: "completed", obstacle: null, leftovers: [] });
      expect(result.capabilities).toMatchObject({ copyIfMatch: false, copySourceIfMatch: false, selfCopy: true });
      for (const listing of ["versions", "uploads"]) {
        const answer = await raw.send({ path: `/${kind}?${listing}=` });
        expect(answer.status).toBe(200);
        expect(answer.body.toString()).not.toContain("bucketseal-probe");
      }
    },
  );
});
