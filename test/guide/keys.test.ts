// @module-tag slow
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createKeyFile } from "../../migrate/index.js";
import { describeGuide } from "./aws-cli.js";

describeGuide("a key file of keygen", (guide) => {
  test("puts and gets an SSE-C object with the aws command line, and another key is refused", async () => {
    const { folder, aws } = guide();
    const [key, otherKey, body, back] = ["vault.key", "other.key", "letter", "back"].map((name) => join(folder, name));
    await createKeyFile(key ?? "");
    await createKeyFile(otherKey ?? "");
    await writeFile(body ?? "", "sealed by its owner");
    const object = ["--bucket", "keygen", "--key", "letter", "--sse-customer-algorithm", "AES256"];
    await aws("s3api", "create-bucket", "--bucket", "keygen");
    const put = await aws(
      "s3api",
      "put-object",
      ...object,
      "--body",
      body ?? "",
      "--sse-customer-key",
      `fileb://${key}`,
    );
    expect(put.code).toBe(0);
    const get = await aws("s3api", "get-object", ...object, "--sse-customer-key", `fileb://${key}`, back ?? "");
    expect(get.code).toBe(0);
    expect(await readFile(back ?? "", "utf8")).toBe("sealed by its owner");
    const wrong = await aws("s3api", "get-object", ...object, "--sse-customer-key", `fileb://${otherKey}`, back ?? "");
    expect(wrong.code).not.toBe(0);
  });
});

// The two recipes of the guide, unchanged but for the prompts.
const SHELL_VARIABLE = `
secret=$(openssl rand 32)
encKey=$(echo -n $secret | base64)
md5Key=$(echo -n $secret | openssl dgst -md5 -binary | base64)
`;
const BASE64_TEXT = `
sse_c_key=$(openssl rand -base64 32)
sse_c_key_md5=$(echo -n $sse_c_key | openssl md5 -binary | base64)
`;
const SOUND = `
openssl rand 32 > key.bin
encKey=$(base64 < key.bin)
md5Key=$(openssl dgst -md5 -binary < key.bin | base64)
`;
const FIRST_KEYS = 200;

describeGuide("the guide's recipes for an SSE-C key", (guide) => {
  beforeAll(async () => {
    await writeFile(join(guide().folder, "file"), "x");
    await guide().aws("s3", "mb", "s3://your-bucket");
  });

  const put = (key: string, md5: string) =>
    guide().aws(
      ...["s3api", "put-object", "--bucket", "your-bucket", "--key", "k", "--body", "file"],
      ...["--sse-customer-algorithm", "AES256", "--sse-customer-key", key, "--sse-customer-key-md5", md5],
    );

  test("often lose bytes of a key in a shell variable, and the key is refused", async () => {
    const loop = `for i in $(seq ${FIRST_KEYS}); do ${SHELL_VARIABLE} echo "$encKey $md5Key" | tr -d '\\n'; echo; done`;
    const pairs = (await guide().bash(`(${loop}) 2>/dev/null`)).trim().split("\n");
    const wrong = pairs.filter((pair) => Buffer.from(pair.split(" ")[0] ?? "", "base64").length !== 32);
    // NUL bytes are lost, and blanks among the bytes split the unquoted words: about a third of all keys.
    expect(pairs).toHaveLength(FIRST_KEYS);
    expect(wrong.length).toBeGreaterThan(FIRST_KEYS / 20);
    expect(wrong.length).toBeLessThan(FIRST_KEYS);
    const [key = "", md5 = ""] = (wrong[0] ?? "").split(" ");
    const refused = await put(key, md5);
    expect(refused.stderr).toContain("The secret key was invalid for the specified algorithm");
  });

  test("compute a wrong MD5 from the base64 text, and the key is refused", async () => {
    const printed = await guide().bash(`${BASE64_TEXT} echo "$sse_c_key $sse_c_key_md5"`);
    const [key = "", md5 = ""] = printed.trim().split(" ");
    const refused = await put(key, md5);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("The calculated MD5 hash of the key did not match the hash that was provided");
  });

  test("produce an accepted key if it is kept in a file", async () => {
    const printed = await guide().bash(`${SOUND} echo "$encKey $md5Key"`);
    const [key = "", md5 = ""] = printed.trim().split(" ");
    const taken = await put(key, md5);
    expect(taken.code, taken.stderr).toBe(0);
  });
});
