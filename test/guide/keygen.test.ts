// @module-tag slow
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
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
