import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createKeyFile } from "../../../migrate/index.js";
import { newFolder } from "../../buckets/start-world.js";

it("createKeyFile writes 32 bytes that only the owner may read, and returns their MD5", async () => {
  const path = join(await newFolder(), "vault.key");
  const { md5 } = await createKeyFile(path);
  const key = await readFile(path);
  expect(key).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(md5).toBe(createHash("md5").update(key).digest("base64"));
});

it("createKeyFile writes a new key each time, and never overwrites a file", async () => {
  const folder = await newFolder();
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  await createKeyFile(one);
  await createKeyFile(other);
  expect(await readFile(one)).not.toEqual(await readFile(other));
  await writeFile(one, "precious");
  await expect(createKeyFile(one)).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(one, "utf8")).toBe("precious");
});
