import { expect, test } from "vitest";
import { findBucket } from "../../../migrate/run/find-bucket.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";
import { aws } from "../fixtures/providers.js";

/** A bucket whose default is this algorithm, and whether it was set anew. */
async function foundWith(algorithms: readonly string[]) {
  let isSet = false;
  const missing = () => Promise.reject(storeError("not-found"));
  const store = fakeStore({
    getBucketEncryption: async () => (isSet ? ["AES256"] : algorithms),
    putBucketEncryption: async () => {
      isSet = true;
    },
    getBucketVersioning: async () => null,
    getObjectLockConfiguration: missing,
    listMultipartUploads: missing,
    getBucketLifecycle: missing,
    getBucketReplication: missing,
  });
  const { defaultEncryption } = await findBucket(store, "b", { provider: aws, setDefault: true });
  return { defaultEncryption, isSet };
}

test("a default encryption is set where there is none", async () => {
  const defaultEncryption = { before: "none", after: "sse-s3" };
  expect(await foundWith([])).toEqual({ defaultEncryption, isSet: true });
});

test.each([
  ["aws:kms", "sse-kms"],
  ["aws:newer-than-this-tool", "unreadable"],
])("a default encryption with %s is left as it is", async (algorithm, state) => {
  expect(await foundWith([algorithm])).toEqual({ defaultEncryption: { before: state, after: state }, isSet: false });
});
