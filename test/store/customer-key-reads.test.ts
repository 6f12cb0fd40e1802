import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { customerKeyHeaders } from "../buckets/customer-key.js";
import { createBucket, putObject } from "../buckets/put-object.js";
import { type RawS3, rawS3 } from "../buckets/raw-s3.js";
import { openStores, STORE_NAMES, type Stores } from "./open-stores.js";

const [own, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const input = { bucket: "bucket", key: "a+ b" };

describe("an object under a customer key", () => {
  let sandbox: Sandbox;
  let stores: Stores;
  let raw: RawS3;
  beforeAll(async () => {
    const behaviour = { rangeBeforeCustomerKey: true, wrongCustomerKey: "access-denied" } as const;
    sandbox = await startSandbox({ profile: "reference", behaviour });
    stores = openStores(sandbox);
    raw = rawS3(sandbox);
    await createBucket(raw, "bucket");
    await putObject(raw, "bucket", { key: input.key, body: Buffer.from("body"), headers: customerKeyHeaders(own) });
    await putObject(raw, "bucket", { key: "empty", body: Buffer.alloc(0), headers: customerKeyHeaders(own) });
    await putObject(raw, "bucket", { key: "open", body: Buffer.alloc(0) });
  });
  afterAll(async () => {
    stores.close();
    raw.close();
    await sandbox.close();
  });

  test.each(STORE_NAMES)(
    "is read through the %s store with its key, but not with another key or none",
    async (name) => {
      const store = stores[name];
      const headers = customerKeyHeaders(own);
      expect((await store.headObject({ ...input, headers })).headers).toMatchObject({
        "content-length": "4",
        "x-amz-server-side-encryption-customer-algorithm": "AES256",
      });
      expect(Buffer.from((await store.getObject({ ...input, headers })).body).toString()).toBe("body");
      await expect(store.getFirstByte({ ...input, headers })).resolves.toMatchObject({ totalBytes: 4 });
      for (const read of ["headObject", "getObject", "getFirstByte"] as const) {
        const wrong = store[read]({ ...input, headers: customerKeyHeaders(other) });
        await expect(wrong).rejects.toMatchObject({ kind: "access-denied" });
        await expect(store[read](input)).rejects.toMatchObject({ kind: "bad-request" });
      }
    },
  );

  test.each(STORE_NAMES)("requires its key through the %s store even if it is empty", async (name) => {
    const { getFirstByte } = stores[name];
    const empty = { ...input, key: "empty" };
    await expect(getFirstByte(empty)).rejects.toMatchObject({ kind: "bad-request", facts: { code: "InvalidRequest" } });
    await expect(getFirstByte({ ...empty, headers: customerKeyHeaders(own) })).resolves.toMatchObject({
      totalBytes: 0,
    });
    await expect(getFirstByte({ ...input, key: "open" })).resolves.toMatchObject({ totalBytes: 0 });
  });
});
