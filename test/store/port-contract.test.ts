import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { customerKeyHeaders } from "../buckets/mixed-objects.js";
import { createBucket, putObject, type RawS3, rawS3, type Server } from "../buckets/raw-s3.js";
import { findExecutable, MOTO_MISSING, startMoto } from "../servers/programs.js";
import { checkObjects, checkRefusals, checkRules, checkVersions, MOTO_DIFFERENCES } from "./contract.js";
import { type CheckPort, checkOn, openStores, STORE_NAMES, type Stores } from "./port-target.js";

type Closable = Server & { close(): Promise<void> };

function checkPort(check: CheckPort): void {
  checkObjects(check);
  checkRefusals(check);
  checkRules(check);
  checkVersions(check);
}

function checkServer(start: () => Promise<Closable>, differences: Readonly<Record<string, string>>): void {
  let server: Closable;
  let stores: Stores;
  let raw: RawS3;
  beforeAll(async () => {
    server = await start();
    stores = openStores(server);
    raw = rawS3(server);
  });
  afterAll(async () => {
    stores.close();
    raw.close();
    await server.close();
  });
  describe.each(STORE_NAMES)("through the %s store", (name) => {
    checkPort(checkOn(() => ({ store: stores[name], raw }), differences));
  });
}

describe("the store port on the sandbox", () => {
  checkServer(() => startSandbox({ profile: "reference" }), {});
});

describe("the store port on moto_server", { tags: "slow" }, () => {
  if (findExecutable("moto_server") === undefined) {
    test.skip(`the port's contract (skipped: ${MOTO_MISSING})`, () => undefined);
  } else {
    checkServer(async () => (await startMoto()) as Closable, MOTO_DIFFERENCES);
  }
});

describe("the store port on an endpoint from the environment", () => {
  const { BUCKETSEAL_TEST_ENDPOINT: endpoint, BUCKETSEAL_TEST_REGION: region = "us-east-1" } = process.env;
  const { BUCKETSEAL_TEST_ACCESS_KEY_ID: accessKeyId = "", BUCKETSEAL_TEST_SECRET_ACCESS_KEY: secretAccessKey = "" } =
    process.env;
  if (endpoint === undefined) {
    test.skip("the port's contract (skipped: BUCKETSEAL_TEST_ENDPOINT is not set)", () => undefined);
  } else {
    const server = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, close: async () => undefined };
    checkServer(async () => server, {});
  }
});

test("every difference of moto names a test of the contract", () => {
  const titles = new Set<string>();
  checkPort((title) => titles.add(title));
  expect(Object.keys(MOTO_DIFFERENCES).filter((title) => !titles.has(title))).toEqual([]);
});

describe("reads under a customer key", () => {
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
      await expect(getFirstByte(empty)).rejects.toMatchObject({
        kind: "bad-request",
        facts: { code: "InvalidRequest" },
      });
      await expect(getFirstByte({ ...empty, headers: customerKeyHeaders(own) })).resolves.toMatchObject({
        totalBytes: 0,
      });
      await expect(getFirstByte({ ...input, key: "open" })).resolves.toMatchObject({ totalBytes: 0 });
    });
  });
});

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
