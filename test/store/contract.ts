import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect } from "vitest";
import { AWKWARD_KEYS, CUSTOMER_KEY, customerKeyHeaders } from "../buckets/mixed-objects.js";
import { pathOf, putObject, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { listKeys, readObject } from "../buckets/read-bucket.js";
import { type CheckPort, refusalOf } from "./port-target.js";

const SSE = { "x-amz-server-side-encryption": "AES256" };
const COPY = { "x-amz-metadata-directive": "COPY", ...SSE };

/** How the port reads and writes objects. */
export function checkObjects(check: CheckPort): void {
  for (const key of AWKWARD_KEYS) {
    check(
      `the key ${shown(key)} is listed, read and copied onto itself, and no other key`,
      async ({ store, raw, bucket }) => {
        await putObject(raw, bucket, { key, body: Buffer.from("body") });
        expect((await store.listObjects({ bucket, prefix: "" })).objects.map((listed) => listed.key)).toEqual([key]);
        const { headers } = await store.headObject({ bucket, key });
        expect(headers["content-length"]).toBe("4");
        await store.copyObject({ bucket, key, headers: COPY });
        const after = await store.headObject({ bucket, key });
        expect([after.headers["x-amz-server-side-encryption"], after.headers.etag]).toEqual(["AES256", headers.etag]);
        expect(await listKeys(raw, bucket)).toEqual([key]);
      },
    );
  }

  check("pages go on where the last one ended, and begin after a key", async ({ store, raw, bucket }) => {
    const keys = Array.from({ length: 1003 }, (_, n) => `k${String(n).padStart(4, "0")}`);
    for (const key of keys) await putObject(raw, bucket, { key, body: Buffer.alloc(0) });
    const first = await store.listObjects({ bucket, prefix: "k" });
    expect(first.objects).toHaveLength(1000);
    const second = await store.listObjects({ bucket, prefix: "k", continuationToken: first.nextToken ?? "" });
    expect([...first.objects, ...second.objects].map(({ key }) => key)).toEqual(keys);
    expect(second.nextToken).toBeNull();
    const after = await store.listObjects({ bucket, prefix: "k", startAfter: "k1000" });
    expect(after.objects.map(({ key }) => key)).toEqual(["k1001", "k1002"]);
  });

  check("a listed object has its size, its bare ETag, its date and its class", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("12345") });
    const [listed] = (await store.listObjects({ bucket, prefix: "" })).objects;
    expect(listed).toMatchObject({
      key: "a",
      sizeBytes: 5,
      etag: "827ccb0eea8a706c4c34a16891f84e7b",
      storageClass: "STANDARD",
    });
    expect(Math.abs(Date.now() - Date.parse(listed?.lastModified ?? ""))).toBeLessThan(600_000);
  });

  check("HEAD gives headers as they came, a malformed date too", async ({ store, raw, bucket }) => {
    const headers = { expires: "not a date", "x-amz-meta-owner": "finance", "content-type": "text/x-test" };
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1"), headers });
    expect((await store.headObject({ bucket, key: "a" })).headers).toMatchObject(headers);
  });

  check("a header that is not ASCII is read as UTF-8, and written so", async ({ store, raw, bucket }) => {
    const name = 'attachment; filename="é 🦊.txt"';
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1"), headers: { "content-disposition": name } });
    expect((await store.headObject({ bucket, key: "a" })).headers["content-disposition"]).toBe(name);
    const again = { "x-amz-metadata-directive": "REPLACE", "content-disposition": `inline; ${name}`, ...SSE };
    await store.copyObject({ bucket, key: "a", headers: again });
    expect((await store.headObject({ bucket, key: "a" })).headers["content-disposition"]).toBe(`inline; ${name}`);
  });

  check("the first byte of an object can be read", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("12345") });
    await expect(store.getFirstByte({ bucket, key: "a" })).resolves.toMatchObject({ totalBytes: 5 });
  });

  check("an object is read whole, with its headers, and as a stream, if it is what it should be", async (target) => {
    const { store, raw, bucket } = target;
    const body = randomBytes(200_000);
    await putObject(raw, bucket, { key: "a b", body });
    const { headers, body: whole } = await store.getObject({ bucket, key: "a b" });
    expect(Buffer.from(whole).equals(body)).toBe(true);
    const etag = headers.etag ?? "";
    expect(etag).toBe((await store.headObject({ bucket, key: "a b" })).headers.etag);
    const opened = await store.openObject({ bucket, key: "a b", headers: { "if-match": etag } });
    expect(opened.headers.etag).toBe(etag);
    expect((await buffer(opened.body)).equals(body)).toBe(true);
    const other = { "if-match": '"0123456789abcdef0123456789abcdef"' };
    expect((await refusalOf(store.openObject({ bucket, key: "a b", headers: other }))).kind).toBe(
      "precondition-failed",
    );
    expect((await refusalOf(store.getObject({ bucket, key: "a b", headers: other }))).kind).toBe("precondition-failed");
  });

  check("an object is put from memory and from a source", async ({ store, bucket }) => {
    const body = randomBytes(300_000);
    const md5 = (of: Uint8Array) => ({ "content-md5": createHash("md5").update(of).digest("base64") });
    const source = { sizeBytes: body.length, open: async () => Readable.from([body.subarray(0, 9), body.subarray(9)]) };
    for (const [key, sent] of [
      ["held", body],
      ["streamed", source],
    ] as const) {
      const headers = { ...SSE, ...md5(body), "x-amz-meta-a": "e", "content-type": "text/x-test" };
      const { etag } = await store.putObject({ bucket, key, body: sent, headers });
      const head = (await store.headObject({ bucket, key })).headers;
      expect([head["x-amz-meta-a"], head["content-type"], head.etag]).toEqual(["e", "text/x-test", `"${etag}"`]);
      expect(Buffer.from((await store.getObject({ bucket, key })).body).equals(body)).toBe(true);
    }
  });

  check("a source that breaks puts nothing, and its own error is told", async ({ store, bucket }) => {
    const half = Buffer.alloc(100_000, 1);
    const broken = async function* () {
      yield half;
      throw new Error("the source broke");
    };
    const breaking = { sizeBytes: 2 * half.length, open: async () => broken() };
    const { facts } = await refusalOf(store.putObject({ bucket, key: "a", body: breaking, headers: {} }));
    expect(facts.message).toContain("the source broke");
    expect((await refusalOf(store.headObject({ bucket, key: "a" }))).kind).toBe("not-found");
  });

  check("a body that is not what its digest says is not put", async ({ store, bucket }) => {
    const body = Buffer.from("body");
    const headers = { "content-md5": createHash("md5").update("other").digest("base64") };
    const source = { sizeBytes: body.length, open: async () => Readable.from([body]) };
    for (const sent of [body, source]) {
      const { facts } = await refusalOf(store.putObject({ bucket, key: "a", body: sent, headers }));
      expect(facts).toMatchObject({ code: "BadDigest", kind: "bad-request" });
    }
    expect((await refusalOf(store.headObject({ bucket, key: "a" }))).kind).toBe("not-found");
  });

  check("tags with signs and spaces in them are read as they were put", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1") });
    const tags = [{ key: "a+-=._:/@ é 1", value: "b  c + é/" }];
    await store.putObjectTagging({ bucket, key: "a", tags });
    expect(await store.getObjectTagging({ bucket, key: "a" })).toEqual(tags);
  });

  check("tags are read as they were put, none as none", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1") });
    expect(await store.getObjectTagging({ bucket, key: "a" })).toEqual([]);
    const tags = [
      { key: "a b", value: "c=d+e" },
      { key: "é", value: "" },
    ];
    await store.putObjectTagging({ bucket, key: "a", tags });
    expect((await store.getObjectTagging({ bucket, key: "a" })).toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual(
      tags,
    );
  });

  check("an access control list names its owner, and every grant by kind", async ({ store, raw, bucket }) => {
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1"), headers: { "x-amz-acl": "public-read" } });
    const { ownerId, grants } = await store.getObjectAcl({ bucket, key: "a" });
    expect(grants).toContainEqual({ permission: "FULL_CONTROL", grantee: { kind: "id", value: ownerId } });
    const everyone = { kind: "uri", value: "http://acs.amazonaws.com/groups/global/AllUsers" };
    expect(grants).toContainEqual({ permission: "READ", grantee: everyone });
  });

  check("an object copied in parts is whole, and an upload that is aborted is gone", async ({ store, raw, bucket }) => {
    const body = Buffer.alloc(6 * 1024 * 1024, "0123456789");
    await putObject(raw, bucket, { key: "a+ b", body });
    const before = await readObject(raw, bucket, "a+ b");
    const address = { bucket, key: "a+ b" };
    const { uploadId } = await store.createMultipartUpload({ ...address, headers: SSE });
    const upload = { ...address, uploadId };
    expect(await store.listParts(upload)).toEqual({ parts: 0 });
    const [open] = await store.listOpenUploads({ bucket, prefix: "a+" });
    expect([open?.key, open?.uploadId]).toEqual(["a+ b", uploadId]);
    expect(Math.abs(Date.parse(open?.initiatedAt ?? "") - Date.now())).toBeLessThan(60_000);
    expect(await store.listMultipartUploads({ bucket, prefix: "" })).toEqual({
      open: 1,
      earlier: 1,
      firstEarlier: [open],
    });
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const none = { earlier: 0, firstEarlier: [] };
    expect(await store.listMultipartUploads({ bucket, prefix: "", begunUpTo: anHourAgo })).toEqual({
      open: 1,
      ...none,
    });
    const split = 5 * 1024 * 1024;
    const ranges = [
      [0, split - 1],
      [split, body.length - 1],
    ] as const;
    const parts = [];
    for (const [n, range] of ranges.entries()) {
      parts.push(await store.uploadPartCopy({ ...upload, partNumber: n + 1, range, headers: {} }));
    }
    expect(await store.listParts(upload)).toEqual({ parts: 2 });
    const written = await store.completeMultipartUpload({ ...upload, parts, headers: {} });
    const after = await readObject(raw, bucket, "a+ b");
    expect(after.bodySha256).toBe(before.bodySha256);
    expect(after.encryption).toBe("AES256");
    expect(after.etag).toBe(`"${written.etag}"`);
    const second = await store.createMultipartUpload({ ...address, headers: SSE });
    await store.abortMultipartUpload({ ...address, uploadId: second.uploadId });
    expect(await store.listMultipartUploads({ bucket, prefix: "" })).toEqual({ open: 0, ...none });
  });
}

function shown(key: string): string {
  return key.length > 40 ? `of ${Buffer.byteLength(key)} bytes, ${key.slice(0, 3)}...` : JSON.stringify(key);
}

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

const LIFECYCLE = `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix>logs/</Prefix></Filter>
<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><Expiration><Days>365</Days></Expiration>
<NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration>
<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
<Rule><ID>tagged</ID><Status>Disabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>
<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`;

const action = (kind: string, days: number, storageClass: string | null = null) => ({
  kind,
  days,
  date: null,
  storageClass,
});

/** How the port reads the rules that others gave a bucket. */
export function checkRules(check: CheckPort): void {
  check("lifecycle rules say what they do, when, and to what", async ({ store, raw, bucket }) => {
    await putSetting(raw, bucket, "lifecycle", LIFECYCLE);
    const [tidy, tagged] = await store.getBucketLifecycle({ bucket });
    expect(tidy).toEqual({
      id: "tidy",
      enabled: true,
      prefix: "logs/",
      isNarrower: false,
      actions: [
        action("expires", 365),
        action("moves", 30, "GLACIER"),
        action("removes-noncurrent", 7),
        action("aborts-uploads", 2),
      ],
    });
    expect(tagged).toMatchObject({ id: "tagged", enabled: false, prefix: "", isNarrower: true });
  });

  check("a policy is read as it was put", async ({ store, raw, bucket }) => {
    const resource = `arn:aws:s3:::${bucket}/*`;
    const deny = { Sid: "A", Effect: "Deny", Principal: "*", Action: "s3:DeleteBucket", Resource: resource };
    const policy = { Version: "2012-10-17", Statement: [deny] };
    await putSetting(raw, bucket, "policy", JSON.stringify(policy));
    expect(JSON.parse(await store.getBucketPolicy({ bucket }))).toEqual(policy);
  });
}

async function putSetting(raw: RawS3, bucket: string, name: string, body: string): Promise<void> {
  const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
  await sendOk(raw, { method: "PUT", path: pathOf(bucket, "", `?${name}=`), headers, body: Buffer.from(body) });
}

async function enableVersioning(raw: RawS3, bucket: string): Promise<void> {
  const body = Buffer.from("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
  await sendOk(raw, { method: "PUT", path: `/${bucket}?versioning=`, body });
}

/** How the port reads and writes versions and delete markers. */
export function checkVersions(check: CheckPort): void {
  check("versions and delete markers are listed mixed, by key and newest first", async ({ store, raw, bucket }) => {
    await enableVersioning(raw, bucket);
    for (const key of ["a+ &é", "b<"]) {
      await putObject(raw, bucket, { key, body: Buffer.from("1") });
      await store.deleteObject({ bucket, key });
      await putObject(raw, bucket, { key, body: Buffer.from("12345") });
    }
    const { entries, next } = await store.listVersions({ bucket, prefix: "" });
    const told = entries.map(({ key, kind, isLatest, sizeBytes }) => [key, kind, isLatest, sizeBytes]);
    const ofKey = (key: string) => [
      [key, "version", true, 5],
      [key, "delete-marker", false, 0],
      [key, "version", false, 1],
    ];
    expect(told).toEqual([...ofKey("a+ &é"), ...ofKey("b<")]);
    expect(next).toBeNull();
    expect(entries[0]).toMatchObject({ etag: "827ccb0eea8a706c4c34a16891f84e7b", storageClass: "STANDARD" });
    const after = await store.listVersions({ bucket, prefix: "", keyMarker: "a+ &é" });
    expect(after.entries.map(({ key }) => key)).toEqual(["b<", "b<", "b<"]);
    const { entries: under } = await store.listVersions({ bucket, prefix: "b" });
    expect(under).toHaveLength(3);
  });

  check("pages of versions go on within a key where the last one ended", async ({ store, raw, bucket }) => {
    await enableVersioning(raw, bucket);
    for (let n = 0; n < 5; n += 1) await putObject(raw, bucket, { key: "a", body: Buffer.from(String(n)) });
    const first = await store.listVersions({ bucket, prefix: "", limit: 3 });
    expect(first.entries).toHaveLength(3);
    const second = await store.listVersions({ bucket, prefix: "", limit: 3, ...first.next });
    expect(second.next).toBeNull();
    const etags = [...first.entries, ...second.entries].map(({ etag }) => etag);
    expect(etags).toEqual(["4", "3", "2", "1", "0"].map((body) => createHash("md5").update(body).digest("hex")));
  });

  check("what was deleted or marked as deleted is named, and a version goes by its id alone", async (target) => {
    const { store, raw, bucket } = target;
    await enableVersioning(raw, bucket);
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1") });
    const [version] = (await store.listVersions({ bucket, prefix: "a" })).entries;
    const marked = await store.deleteObject({ bucket, key: "a" });
    const { entries } = await store.listVersions({ bucket, prefix: "a" });
    expect(new Set(entries.map(({ versionId }) => versionId))).toEqual(new Set([marked.versionId, version?.versionId]));
    await store.deleteObject({ bucket, key: "a", versionId: version?.versionId });
    const left = await store.listVersions({ bucket, prefix: "a" });
    expect(left.entries.map(({ versionId }) => versionId)).toEqual([marked.versionId]);
  });
}

/** The known differences of moto, by the title of the test that it is left out of. */
export const MOTO_DIFFERENCES: Readonly<Record<string, string>> = {
  'the key "line\\nbreak" is listed, read and copied onto itself, and no other key':
    "a newline in a key is a 404 of the framework beneath moto",
  "an object copied in parts is whole, and an upload that is aborted is gone":
    "moto answers 500 to the ACL of an object that was uploaded in parts",
  "a copy of another version than was seen is refused, and changes nothing": "moto ignores conditions on the source",
  "a body that is not what its digest says is not put": "moto does not look at digests",
  "an upload that is unknown is not found": "moto answers 500 to completing it",
  "versions and delete markers are listed mixed, by key and newest first":
    "moto lists all delete markers after all versions",
  "an SSE-C object without its key is a bad request to HEAD, and to GET": "moto keeps SSE-C objects open to everyone",
};
