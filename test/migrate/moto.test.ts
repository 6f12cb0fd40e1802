import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { audit, migrate } from "../../migrate/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { rawS3 } from "../buckets/raw-s3.js";
import { runOptions } from "../buckets/start-world.js";
import { findExecutable } from "../servers/find-executable.js";
import { MOTO_MISSING, startMoto } from "../servers/moto.js";

const MIB = 1024 * 1024;
const KEYS = ["plain", "dir/", "a b+c%20é/?#&.txt", "//", "with metadata", "🦊"];

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
  const options = () => runOptions(moto, "bucket", { provider: "generic", copyCutoff: 5 * MIB });
  const { summary } = await migrate(await options());
  return {
    s3,
    summary,
    again: async () => audit({ ...(await options()), copyCutoff: undefined } as Parameters<typeof audit>[0]),
  };
}

describe("moto_server", () => {
  test.skipIf(findExecutable("moto_server") === undefined)(
    "has every object of a bucket encrypted after a migration",
    async () => {
      const { s3, summary, again } = await migrateOnMoto();
      expect(summary.total.outcomes.migrated.objects).toBe(KEYS.length + 1);
      for (const Key of [...KEYS, "large"]) {
        const head = await s3.send(new HeadObjectCommand({ Bucket: "bucket", Key }));
        expect([Key, head.ServerSideEncryption, head.Metadata?.owner]).toEqual([Key, "AES256", "finance"]);
      }
      expect((await again()).summary.total.statesNow["sse-s3"].objects).toBe(KEYS.length + 1);
    },
  );
});
