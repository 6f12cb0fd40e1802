import { expect } from "vitest";
import { customerKeyHeaders } from "../buckets/customer-key.js";
import { CUSTOMER_KEY } from "../buckets/mixed-objects.js";
import { putObject } from "../buckets/put-object.js";
import { readObject } from "../buckets/read-bucket.js";
import { type CheckPort, refusalOf } from "./port-target.js";

const SSE = { "x-amz-server-side-encryption": "AES256" };

/** In what words the port refuses. */
export function checkRefusals(check: CheckPort): void {
  check("a bucket that is not there is named so, except by HEAD, which has no words", async ({ store, bucket }) => {
    const missing = `${bucket}-missing`;
    const address = { bucket: missing, key: "a" };
    expect((await refusalOf(store.listObjects({ bucket: missing, prefix: "" }))).kind).toBe("no-such-bucket");
    expect((await refusalOf(store.copyObject({ ...address, headers: SSE }))).kind).toBe("no-such-bucket");
    expect((await refusalOf(store.headObject(address))).kind).toBe("not-found");
  });

  check("an object that is not there is not found, and a copy of it makes none", async ({ store, bucket }) => {
    const address = { bucket, key: "missing" };
    expect((await refusalOf(store.headObject(address))).kind).toBe("not-found");
    expect((await refusalOf(store.getFirstByte(address))).kind).toBe("not-found");
    expect((await refusalOf(store.getObjectTagging(address))).kind).toBe("not-found");
    const copy = await refusalOf(store.copyObject({ ...address, headers: SSE }));
    expect([copy.kind, copy.facts.operation, copy.facts.status]).toEqual(["not-found", "copyObject", 404]);
    expect((await store.listObjects({ bucket, prefix: "" })).objects).toEqual([]);
  });

  check("a copy of another version than was seen is refused, and changes nothing", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1") });
    const before = await readObject(raw, bucket, "a");
    const headers = { ...SSE, "x-amz-copy-source-if-match": '"0123456789abcdef0123456789abcdef"' };
    expect((await refusalOf(store.copyObject({ bucket, key: "a", headers }))).kind).toBe("precondition-failed");
    expect(await readObject(raw, bucket, "a")).toEqual(before);
  });

  check("an upload that is unknown is not found", async ({ store, bucket }) => {
    const upload = { bucket, key: "a", uploadId: "unknown" };
    const parts = [{ partNumber: 1, etag: '"0123456789abcdef0123456789abcdef"', checksums: {} }];
    const { facts } = await refusalOf(store.completeMultipartUpload({ ...upload, parts, headers: {} }));
    expect(facts).toMatchObject({ kind: "not-found", code: "NoSuchUpload", operation: "completeMultipartUpload" });
  });

  check("an SSE-C object without its key is a bad request to HEAD, and to GET", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1"), headers: customerKeyHeaders(CUSTOMER_KEY) });
    expect((await refusalOf(store.headObject({ bucket, key: "a" }))).kind).toBe("bad-request");
    expect((await refusalOf(store.getFirstByte({ bucket, key: "a" }))).kind).toBe("bad-request");
  });

  check("a default encryption that is unset reads as none, and as AES256 once it is set", async ({ store, bucket }) => {
    const before = await store.getBucketEncryption({ bucket }).catch(({ kind }) => kind);
    expect(["not-found", []]).toContainEqual(before);
    await store.putBucketEncryption({ bucket });
    expect(await store.getBucketEncryption({ bucket })).toEqual(["AES256"]);
  });

  check("settings that were never made are none", async ({ store, bucket }) => {
    expect(await store.getBucketVersioning({ bucket })).toBeNull();
    expect((await refusalOf(store.getBucketLifecycle({ bucket }))).kind).toBe("not-found");
    expect((await refusalOf(store.getBucketReplication({ bucket }))).kind).toBe("not-found");
    expect((await refusalOf(store.getBucketPolicy({ bucket }))).kind).toBe("not-found");
    expect((await refusalOf(store.getObjectLockConfiguration({ bucket }))).kind).toBe("not-found");
    const { names, owner } = await store.listBuckets({});
    expect(names).toContain(bucket);
    expect(owner?.id).toMatch(/./);
  });
}
