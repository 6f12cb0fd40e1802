import { expect, test } from "vitest";
import { findBucket } from "../../../migrate/run/find-buckets.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";
import { aws } from "../fixtures/providers.js";

const SET_AT = "2026-01-01T00:00:00.000Z";

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
    getBucketPolicy: missing,
  });
  const { defaultEncryption } = await findBucket(store, "b", {
    provider: aws,
    setDefault: true,
    storeTime: () => new Date(SET_AT),
  });
  return { defaultEncryption, isSet };
}

test("findBucket sets default encryption if there is none, and records the time", async () => {
  const defaultEncryption = { before: "none", after: "sse-s3", setAt: SET_AT };
  expect(await foundWith([])).toEqual({ defaultEncryption, isSet: true });
});

test.each([
  ["aws:kms", "sse-kms"],
  ["aws:newer-than-this-tool", "unreadable"],
])("findBucket keeps a default encryption of %s", async (algorithm, state) => {
  expect(await foundWith([algorithm])).toEqual({ defaultEncryption: { before: state, after: state }, isSet: false });
});
