import { expect, test } from "vitest";
import { migrate } from "../../migrate/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { openUploads } from "../buckets/open-uploads.js";
import { startWorld } from "../buckets/start-world.js";

const BUCKET = "begun";

/** Migrates an object in parts while the first answer to one operation is lost. */
async function losingTheFirst(lost: string) {
  let calls = 0;
  const { raw, optionsFor } = await startWorld({
    intercept: ({ operation }) => {
      if (operation === lost) calls += 1;
      return operation === lost && calls === 1 ? { kind: "reset-after" } : undefined;
    },
  });
  await fillBucket(raw, BUCKET, [{ key: "object", body: Buffer.alloc(5000) }]);
  const options = await optionsFor(BUCKET, { copyCutoff: 1, rewriteBelow: 0, canary: false });
  const { summary } = await migrate(options);
  return { calls, migrated: summary.total.outcomes.migrated.objects, open: await openUploads(raw, BUCKET) };
}

test.each(["UploadPartCopy", "CompleteMultipartUpload"])(
  "migrate leaves no upload open if the response to %s is lost",
  async (operation) => {
    const { calls, migrated, open } = await losingTheFirst(operation);
    expect({ migrated, open }).toEqual({ migrated: 1, open: [] });
    expect(calls).toBeGreaterThan(0);
  },
);

test("migrate begins another upload if the response to CreateMultipartUpload is lost", async () => {
  expect(await losingTheFirst("CreateMultipartUpload")).toMatchObject({ calls: 2, migrated: 1 });
});

test("migrate leaves no upload open if the response to CreateMultipartUpload is lost", async () => {
  expect((await losingTheFirst("CreateMultipartUpload")).open).toEqual([]);
});
