// @module-tag slow
import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { codeOf, sendSigned } from "../sandbox/client.js";
import { describeGuide } from "./aws-cli.js";

// Debian's /etc/magic, which the guide uploads: its example shows this length and this MD5 as the ETag.
const TEXT =
  "# Magic local data for file(1) command.\n# Insert here your local magic data. Format is described in magic(5).\n\n";
const GUIDE_ETAG = '"272913026300e7ae9b5e2d51f138e674"';
const GUIDE_LENGTH = 111;

function newKey() {
  const key = randomBytes(32);
  const encKey = key.toString("base64");
  const md5Key = createHash("md5").update(key).digest("base64");
  const words = ["--sse-customer-algorithm", "AES256", "--sse-customer-key", encKey, "--sse-customer-key-md5", md5Key];
  return { encKey, md5Key, words };
}

describeGuide("the guide's SSE-C commands", (guide) => {
  const { encKey, md5Key, words } = newKey();
  const object = (key: string) => ["--bucket", "my-bucket", "--key", key];

  const put = (key: string) => guide().aws("s3api", "put-object", "--body", "magic", ...object(key), ...words);

  beforeAll(async () => {
    await writeFile(join(guide().folder, "magic"), TEXT);
    await guide().aws("s3", "mb", "s3://my-bucket");
    expect((await put("encrypt_magic")).code).toBe(0);
  });

  test.concurrent("return the file with put-object and get-object with the key", async () => {
    const got = await guide().aws("s3api", "get-object", ...object("encrypt_magic"), ...words, "decrypt_magic");
    expect(got.code, got.stderr).toBe(0);
    expect(JSON.parse(got.stdout)).toMatchObject({ SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: md5Key });
    expect(await readFile(join(guide().folder, "decrypt_magic"), "utf8")).toBe(TEXT);
  });

  test.concurrent("fail for get-object without the headers, with InvalidRequest", async () => {
    const got = await guide().aws("s3api", "get-object", ...object("encrypt_magic"), "no_magic");
    expect(got.code).not.toBe(0);
    expect(got.stderr).toContain("An error occurred (InvalidRequest) when calling the GetObject operation");
  });

  test.concurrent("print the documented error for s3 cp without the headers", async () => {
    const got = await guide().aws("s3", "cp", "s3://my-bucket/encrypt_magic", "no_magic");
    expect(got.code).not.toBe(0);
    expect(got.stderr).toContain("An error occurred (400) when calling the HeadObject operation: Bad Request");
  });

  test.concurrent("show the documented length, ETag, type and class for head-object with the key", async () => {
    const head = await guide().aws("s3api", "head-object", ...object("encrypt_magic"), ...words);
    expect(head.code, head.stderr).toBe(0);
    expect(JSON.parse(head.stdout)).toMatchObject({
      ContentLength: GUIDE_LENGTH,
      ETag: GUIDE_ETAG,
      StorageClass: "STANDARD",
      ContentType: "binary/octet-stream",
      Metadata: {},
      SSECustomerAlgorithm: "AES256",
    });
  });

  test.concurrent("fail for head-object without the key, with 400", async () => {
    const head = await guide().aws("s3api", "head-object", ...object("encrypt_magic"));
    expect(head.code).not.toBe(0);
    expect(head.stderr).toContain("An error occurred (400) when calling the HeadObject operation: Bad Request");
  });

  test.concurrent("do not open the object with another key", async () => {
    const got = await guide().aws("s3api", "get-object", ...object("encrypt_magic"), ...newKey().words, "no_magic");
    expect(got.code).not.toBe(0);
    expect(got.stderr).toMatch(/An error occurred \((AccessDenied|InvalidRequest)\)/);
  });

  test.concurrent("delete the object without its key with s3 rm", async () => {
    await put("to_remove");
    expect((await guide().aws("s3", "rm", "s3://my-bucket/to_remove")).code).toBe(0);
    const head = await guide().aws("s3api", "head-object", ...object("to_remove"), ...words);
    expect(head.stderr).toContain("(404)");
  });

  test("accept a presigned URL with the key's headers, and refuse it without them", async () => {
    const { sandbox } = guide();
    const algorithm = { "x-amz-server-side-encryption-customer-algorithm": "AES256" };
    const key = {
      "x-amz-server-side-encryption-customer-key": encKey,
      "x-amz-server-side-encryption-customer-key-md5": md5Key,
    };
    const path = "/my-bucket/presigned";
    const presigned = { path, expires: 300, headers: algorithm };
    expect((await sendSigned(sandbox, { ...presigned, method: "PUT", body: TEXT, unsigned: key })).status).toBe(200);
    expect(await sendSigned(sandbox, { ...presigned, unsigned: key })).toMatchObject({ status: 200, body: TEXT });
    const without = await sendSigned(sandbox, { path, expires: 300 });
    expect([without.status, codeOf(without)]).toEqual([400, "InvalidRequest"]);
  });
});
