// @module-tag slow

import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { codeOf, sendSigned } from "../sandbox/client.js";
import { describeGuide } from "./aws-cli.js";

const TEXT = "le fichier\n";
const AES256 = '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}';

describeGuide("the guide's SSE-S3 commands", (guide) => {
  const object = (key: string, bucket = "votre-bucket") => ["--bucket", bucket, "--key", key];
  const put = (key: string, ...more: readonly string[]) =>
    guide().aws("s3api", "put-object", ...object(key), "--body", "fichier", ...more);
  const stateOf = async (key: string, bucket?: string) => {
    const head = await guide().aws("s3api", "head-object", ...object(key, bucket));
    return (JSON.parse(head.stdout) as { ServerSideEncryption?: string }).ServerSideEncryption;
  };

  beforeAll(async () => {
    await writeFile(join(guide().folder, "fichier"), TEXT);
    await guide().aws("s3", "mb", "s3://votre-bucket");
  });

  test.concurrent("encrypt with put-object and AES256, and need no header for get-object", async () => {
    const stored = await put("votre-objet", "--server-side-encryption", "AES256");
    expect(JSON.parse(stored.stdout)).toMatchObject({ ServerSideEncryption: "AES256" });
    const got = await guide().aws("s3api", "get-object", ...object("votre-objet"), "destination");
    expect(JSON.parse(got.stdout)).toMatchObject({ ServerSideEncryption: "AES256" });
    expect(await readFile(join(guide().folder, "destination"), "utf8")).toBe(TEXT);
  });

  test.concurrent("leave an object in plaintext with put-object without the option", async () => {
    await put("clair");
    expect(await stateOf("clair")).toBeUndefined();
  });

  test.concurrent("encrypt only new objects after put-bucket-encryption, which get-bucket-encryption shows", async () => {
    const { aws } = guide();
    const bucket = "autre-bucket";
    await aws("s3", "mb", `s3://${bucket}`);
    const unset = await aws("s3api", "get-bucket-encryption", "--bucket", bucket);
    await aws("s3api", "put-object", ...object("avant", bucket), "--body", "fichier");
    const set = await aws(
      ...["s3api", "put-bucket-encryption", "--bucket", bucket],
      ...["--server-side-encryption-configuration", AES256],
    );
    const shown = await aws("s3api", "get-bucket-encryption", "--bucket", bucket);
    await aws("s3api", "put-object", ...object("apres", bucket), "--body", "fichier");
    expect(unset.stderr).toContain("(ServerSideEncryptionConfigurationNotFoundError)");
    expect(set).toMatchObject({ code: 0, stdout: "" });
    expect(JSON.parse(shown.stdout)).toMatchObject({ ServerSideEncryptionConfiguration: JSON.parse(AES256) });
    expect([await stateOf("avant", bucket), await stateOf("apres", bucket)]).toEqual([undefined, "AES256"]);
  });

  test.concurrent("encrypt an existing object by copying it onto itself", async () => {
    await put("copie");
    const copied = await guide().aws(
      ...["s3api", "copy-object", ...object("copie"), "--copy-source", "votre-bucket/copie"],
      ...["--server-side-encryption", "AES256"],
    );
    expect(copied.code, copied.stderr).toBe(0);
    expect(await stateOf("copie")).toBe("AES256");
  });

  test.concurrent("delete an encrypted object with s3 rm", async () => {
    await put("mon-objet", "--server-side-encryption", "AES256");
    expect((await guide().aws("s3", "rm", "s3://votre-bucket/mon-objet")).code).toBe(0);
    const head = await guide().aws("s3api", "head-object", ...object("mon-objet"));
    expect(head.stderr).toContain("(404)");
  });

  test.concurrent("reject encryption headers on the download of an SSE-S3 object", async () => {
    await put("sans-en-tetes", "--server-side-encryption", "AES256");
    const path = "/votre-bucket/sans-en-tetes";
    const headers = { "x-amz-server-side-encryption": "AES256" };
    const refused = await sendSigned(guide().sandbox, { path, headers });
    expect([refused.status, codeOf(refused)]).toEqual([400, "InvalidArgument"]);
    expect((await sendSigned(guide().sandbox, { path })).status).toBe(200);
    const key = Buffer.alloc(32, 1).toString("base64");
    const withKey = ["--sse-customer-algorithm", "AES256", "--sse-customer-key", key];
    const customer = await guide().aws("s3api", "get-object", ...object("sans-en-tetes"), ...withKey, "rien");
    expect(customer.stderr).toMatch(/\((InvalidRequest|InvalidArgument)\)/);
  });

  test.concurrent("return a file that its owner encrypted before the upload, which opens with the owner's key", async () => {
    const { bash, aws } = guide();
    const key = (await bash("openssl rand -base64 32")).trim();
    await bash(`openssl enc -aes-256-cbc -salt -in fichier -out chiffre -pass pass:${key} 2>/dev/null`);
    await aws("s3", "cp", "chiffre", "s3://votre-bucket/your-encrypted-object");
    await aws("s3", "cp", "s3://votre-bucket/your-encrypted-object", "revenu");
    expect(await bash(`openssl enc -d -aes-256-cbc -in revenu -pass pass:${key} 2>/dev/null`)).toBe(TEXT);
  });
});

// Debian's /etc/magic, which the guide uploads: its example shows this length and this MD5 as the ETag.
const MAGIC =
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
    await writeFile(join(guide().folder, "magic"), MAGIC);
    await guide().aws("s3", "mb", "s3://my-bucket");
    expect((await put("encrypt_magic")).code).toBe(0);
  });

  test.concurrent("return the file with put-object and get-object with the key", async () => {
    const got = await guide().aws("s3api", "get-object", ...object("encrypt_magic"), ...words, "decrypt_magic");
    expect(got.code, got.stderr).toBe(0);
    expect(JSON.parse(got.stdout)).toMatchObject({ SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: md5Key });
    expect(await readFile(join(guide().folder, "decrypt_magic"), "utf8")).toBe(MAGIC);
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
    expect((await sendSigned(sandbox, { ...presigned, method: "PUT", body: MAGIC, unsigned: key })).status).toBe(200);
    expect(await sendSigned(sandbox, { ...presigned, unsigned: key })).toMatchObject({ status: 200, body: MAGIC });
    const without = await sendSigned(sandbox, { path, expires: 300 });
    expect([without.status, codeOf(without)]).toEqual([400, "InvalidRequest"]);
  });
});
