import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { createBucket } from "../buckets/put-object.js";
import { type RawS3, rawS3 } from "../buckets/raw-s3.js";
import { openStores, STORE_NAMES, type Stores } from "./open-stores.js";

const input = { bucket: "bucket", key: "k" };
/** The space of Japanese text and the one that does not break are white space to JavaScript, and bytes of a value to HTTP. */
const VALUES = ['attachment; filename="r\u00e9sum\u00e9.txt"', "two\u3000words", "no\u00a0break", "\u{1f98a}  twice"];

describe("header values in UTF-8", () => {
  let sandbox: Sandbox;
  let stores: Stores;
  let raw: RawS3;
  beforeAll(async () => {
    sandbox = await startSandbox({ profile: "reference" });
    stores = openStores(sandbox);
    raw = rawS3(sandbox);
    await createBucket(raw, "bucket");
  });
  afterAll(async () => {
    stores.close();
    raw.close();
    await sandbox.close();
  });

  const cases = STORE_NAMES.flatMap((name) => VALUES.map((value) => [name, value] as const));
  test.each(cases)("are signed through the %s store as they are sent: %j", async (name, value) => {
    const store = stores[name];
    const headers = { "content-disposition": value };
    // S3 answers metadata beyond Latin-1 in another form.
    const sent = { ...headers, "x-amz-meta-value": value };
    await store.putObject({ ...input, headers: sent, body: Buffer.from("body") });
    expect((await store.headObject(input)).headers).toMatchObject(headers);
    await store.copyObject({ ...input, headers: { ...sent, "x-amz-metadata-directive": "REPLACE" } });
    expect((await store.headObject(input)).headers).toMatchObject(headers);
    const { uploadId } = await store.createMultipartUpload({ ...input, headers: sent });
    const part = await store.uploadPartCopy({ ...input, uploadId, partNumber: 1, range: [0, 3], headers: {} });
    await store.completeMultipartUpload({ ...input, uploadId, parts: [part], headers: {} });
    expect((await store.headObject(input)).headers).toMatchObject(headers);
  });
});
