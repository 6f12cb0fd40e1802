import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ObjectStore } from "../../migrate/store/object-store.js";
import { OPERATIONS } from "../../migrate/store/operations.js";
import { StoreError, type StoreErrorKind } from "../../migrate/store/store-error.js";
import { DEFAULT_CREDENTIALS, type Fault, startSandbox } from "../../sandbox/index.js";
import { createBucket, putObject, rawS3, type Server } from "../buckets/raw-s3.js";
import { openStores, refusalOf, STORE_NAMES, type StoreName } from "./port-target.js";

describe("Retry-After", () => {
  const OBJECT = { bucket: "bucket", key: "a", headers: {} };

  test.each(STORE_NAMES)("the %s store reports the time in Retry-After, and nothing without it", async (name) => {
    let retryAfter: string | undefined = "7";
    const server = createServer((_, response) => {
      response.writeHead(503, { ...(retryAfter !== undefined && { "retry-after": retryAfter }) });
      response.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stores = openStores({ endpoint, region: "gra", credentials: DEFAULT_CREDENTIALS });
    onTestFinished(() => {
      stores.close();
      server.close().closeAllConnections();
    });
    const factsOf = async (call: Promise<unknown>) => (await refusalOf(call)).facts;
    expect(await factsOf(stores[name].copyObject(OBJECT))).toMatchObject({ kind: "throttled", retryAfterMs: 7000 });
    expect(await factsOf(stores[name].headObject(OBJECT))).toMatchObject({ kind: "throttled", retryAfterMs: 7000 });
    retryAfter = undefined;
    expect(await factsOf(stores[name].copyObject(OBJECT))).not.toHaveProperty("retryAfterMs");
  });
});

const MIB = 1024 * 1024;
const HEADERS = { "x-amz-server-side-encryption": "AES256" };
const OBJECT = { bucket: "bucket", key: "a" };

function storeOn(server: Server, name: StoreName): ObjectStore {
  const stores = openStores(server);
  onTestFinished(() => stores.close());
  return stores[name];
}

/** A sandbox with one object, and a fault for each call of an operation. */
async function faulty(name: StoreName, faults: Readonly<Record<string, Fault>> = {}, deny: readonly string[] = []) {
  let armed = false;
  const sandbox = await startSandbox({
    profile: "reference",
    credentials: [
      { ...DEFAULT_CREDENTIALS, deny },
      { accessKeyId: "OTHER", secretAccessKey: "other" },
    ],
    intercept: ({ operation }) => (armed ? faults[operation] : undefined),
  });
  const raw = rawS3({ ...sandbox, credentials: { accessKeyId: "OTHER", secretAccessKey: "other" } });
  onTestFinished(async () => {
    raw.close();
    await sandbox.close();
  });
  await createBucket(raw, "bucket");
  await putObject(raw, "bucket", { key: "a", body: Buffer.from("1") });
  armed = true;
  return { sandbox, store: storeOn(sandbox, name) };
}

/** A server that answers everything alike. */
async function answering(status: number, body: string): Promise<Server> {
  const server = createServer((_, response) => void response.writeHead(status).end(body));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, region: "gra", credentials: DEFAULT_CREDENTIALS };
}

/** The kinds in which the two calls that every object costs are refused. */
async function hotRefusals(store: ObjectStore): Promise<StoreErrorKind[]> {
  const head = await refusalOf(store.headObject(OBJECT));
  const copy = await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }));
  return [head.kind, copy.kind];
}

describe.each(STORE_NAMES)("the %s store", (name) => {
  test("reports unknown or mismatched keys as invalid-credentials, but as access-denied for HEAD", async () => {
    const { sandbox } = await faulty(name);
    for (const credentials of [
      { accessKeyId: "UNKNOWN", secretAccessKey: "x" },
      { ...DEFAULT_CREDENTIALS, secretAccessKey: "x" },
    ]) {
      const store = storeOn({ ...sandbox, credentials }, name);
      expect((await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }))).kind).toBe("invalid-credentials");
      expect((await refusalOf(store.headObject(OBJECT))).kind).toBe("access-denied");
      expect((await refusalOf(store.listObjects({ bucket: "bucket", prefix: "" }))).kind).toBe("invalid-credentials");
    }
  });

  test("reports a missing right as access-denied", async () => {
    const { store } = await faulty(name, {}, ["s3:*"]);
    expect(await hotRefusals(store)).toEqual(["access-denied", "access-denied"]);
  });

  test("reports a wrong region as wrong-region", async () => {
    const { sandbox } = await faulty(name);
    const store = storeOn({ ...sandbox, region: "elsewhere" }, name);
    expect((await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }))).kind).toBe("wrong-region");
  });

  test.each<[string, Fault, StoreErrorKind]>([
    ["503 SlowDown", { kind: "error", status: 503, code: "SlowDown" }, "throttled"],
    ["429 TooManyRequests", { kind: "error", status: 429, code: "TooManyRequests" }, "throttled"],
    ["500 InternalError", { kind: "error", status: 500, code: "InternalError" }, "server-error"],
    ["501 NotImplemented", { kind: "error", status: 501, code: "NotImplemented" }, "not-implemented"],
    ["412 PreconditionFailed", { kind: "error", status: 412, code: "PreconditionFailed" }, "precondition-failed"],
    ["409 ConditionalRequestConflict", { kind: "error", status: 409, code: "ConditionalRequestConflict" }, "conflict"],
    ["a reset connection", { kind: "reset" }, "unreachable"],
    ["a connection that is reset before the answer", { kind: "reset-after" }, "unreachable"],
  ])("reports the kind of error for %s, in HEAD and in a copy", async (_, fault, kind) => {
    const { store } = await faulty(name, { HeadObject: fault, CopyObject: fault });
    expect(await hotRefusals(store)).toEqual([kind, kind]);
  });

  test("reports 403 InvalidObjectState as archived", async () => {
    const { store } = await faulty(name, { CopyObject: { kind: "error", status: 403, code: "InvalidObjectState" } });
    expect((await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }))).kind).toBe("archived");
  });

  test.each([
    ["InternalError", "server-error"],
    ["SlowDown", "throttled"],
    ["PreconditionFailed", "precondition-failed"],
  ])("reports a 200 with %s in its body as that error, for copy, part and complete", async (code, kind) => {
    const fault: Fault = { kind: "error", status: 200, code };
    const { store } = await faulty(name, { CopyObject: fault, UploadPartCopy: fault, CompleteMultipartUpload: fault });
    const { uploadId } = await store.createMultipartUpload({ ...OBJECT, headers: HEADERS });
    const upload = { ...OBJECT, uploadId, headers: {} };
    expect((await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }))).kind).toBe(kind);
    expect((await refusalOf(store.uploadPartCopy({ ...upload, partNumber: 1, range: [0, 0] }))).kind).toBe(kind);
    const parts = [{ partNumber: 1, etag: '"c4ca4238a0b923820dcc509a6f75849b"', checksums: {} }];
    expect((await refusalOf(store.completeMultipartUpload({ ...upload, parts }))).kind).toBe(kind);
  });

  test("reports a truncated response as unreachable", async () => {
    const fault: Fault = { kind: "truncate", bytes: 30 };
    const { store } = await faulty(name, { CopyObject: fault, ListObjectsV2: fault });
    expect((await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }))).kind).toBe("unreachable");
    expect((await refusalOf(store.listObjects({ bucket: "bucket", prefix: "" }))).kind).toBe("unreachable");
  });

  test.each(["", "<html>a login page</html>", "<Copy"])("rejects a 200 with the body %j", async (body) => {
    const store = storeOn(await answering(200, body), name);
    const upload = { ...OBJECT, uploadId: "u", headers: {} };
    const parts = [{ partNumber: 1, etag: '"e"', checksums: {} }];
    await refusalOf(store.copyObject({ ...OBJECT, headers: HEADERS }));
    await refusalOf(store.createMultipartUpload({ ...OBJECT, headers: HEADERS }));
    await refusalOf(store.uploadPartCopy({ ...upload, partNumber: 1, range: [0, 0] }));
    await refusalOf(store.completeMultipartUpload({ ...upload, parts }));
    await refusalOf(store.listObjects({ bucket: "bucket", prefix: "" }));
    await refusalOf(store.getObjectTagging(OBJECT));
    await refusalOf(store.getObjectAcl(OBJECT));
  });

  test.each([
    [200, "<html><br>a login page</html>"],
    [200, "{}"],
    [403, "<html><br>denied</html>"],
    [500, "garbage & <"],
    [301, ""],
  ])("describes a %i with the body %j in its own words", async (status, body) => {
    const store = storeOn(await answering(status, body), name);
    const calls = [() => store.listObjects({ bucket: "bucket", prefix: "" }), () => store.getObjectTagging(OBJECT)];
    for (const call of calls) {
      const { facts } = await refusalOf(call());
      expect(`${facts.code} ${facts.message}`).toMatch(/^(IncompleteAnswer|HTTP \d{3}) /);
      expect(facts.message).not.toMatch(/\$response|Deserialization|UnknownError|:1:1/);
    }
  });

  test("reports a 101 response, and one that is too large, with codes of their own", async () => {
    const upgrade = createServer();
    upgrade.on("connection", (socket) => void socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    await new Promise<void>((resolve) => void upgrade.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void upgrade.close().closeAllConnections());
    const { port } = upgrade.address() as AddressInfo;
    const odd = { endpoint: `http://127.0.0.1:${port}`, region: "gra", credentials: DEFAULT_CREDENTIALS };
    const huge = await answering(200, "x".repeat(17 * MIB));
    for (const [server, code] of [
      [odd, "StrangeAnswer"],
      [huge, "AnswerTooLarge"],
    ] as const) {
      const store = storeOn(server, name);
      const listed = await refusalOf(store.listObjects({ bucket: "bucket", prefix: "" }));
      const tags = await refusalOf(store.getObjectTagging(OBJECT));
      expect([listed.facts.code, tags.facts.code]).toEqual([code, code]);
    }
  });

  test("accepts the first byte from a store that sends all bytes", async () => {
    await storeOn(await answering(200, "x".repeat(40 * MIB)), name).getFirstByte(OBJECT);
  });

  test.each(["%E9", "100% x", "%ED%A0%80", "\ud800"])(
    "throws no error but StoreError for keys that read %s",
    { tags: ["slow"] },
    async (odd) => {
      const keys = `<Key>${odd}</Key><VersionId>1</VersionId><UploadId>u</UploadId>`;
      const listing = `<Name>b</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextKeyMarker>${odd}</NextKeyMarker>
      <Contents>${keys}</Contents><Version>${keys}</Version><Upload>${keys}<Initiated>soon</Initiated></Upload>`;
      for (const root of ["ListBucketResult", "ListVersionsResult", "ListMultipartUploadsResult"]) {
        const store = storeOn(await answering(200, `<${root}>${listing}</${root}>`), name);
        const asked = {
          ...OBJECT,
          key: odd,
          prefix: "",
          headers: HEADERS,
          uploadId: "u",
          partNumber: 1,
          range: [0, 0],
        };
        const input = { ...asked, parts: [], tags: [], body: new Uint8Array() };
        for (const operation of Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]) {
          const call = store[operation] as (input: unknown) => Promise<unknown>;
          const thrown = await call(input).then(
            () => null,
            (error: unknown) => error,
          );
          if (thrown !== null) expect(thrown, operation).toBeInstanceOf(StoreError);
        }
      }
    },
  );

  test("rejects a page that is not the last and names no next one", async () => {
    const page = "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated></ListBucketResult>";
    const refusal = await refusalOf(
      storeOn(await answering(200, page), name).listObjects({ bucket: "bucket", prefix: "" }),
    );
    expect(refusal.facts).toMatchObject({ kind: "server-error", code: "IncompleteAnswer" });
    const last = page.replace("true", "false");
    const { nextToken } = await storeOn(await answering(200, last), name).listObjects({ bucket: "bucket", prefix: "" });
    expect(nextToken).toBeNull();
  });

  test("reports a closed server and an unknown host as unreachable", async () => {
    const { sandbox } = await faulty(name);
    const store = storeOn(sandbox, name);
    await sandbox.close();
    const nobody = storeOn({ ...sandbox, endpoint: "http://nobody.invalid:9" }, name);
    for (const gone of [store, nobody]) expect(await hotRefusals(gone)).toEqual(["unreachable", "unreachable"]);
  });
});
