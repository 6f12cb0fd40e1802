import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newFolder } from "../buckets/start-world.js";
import { runCli } from "./run-cli.js";

it("keygen writes a key file readable only by its owner, and prints its MD5 but never the key", async () => {
  const folder = await newFolder();
  const { code, stdout, stderr } = await runCli(["keygen", "vault.key"], { folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const key = await readFile(join(folder, "vault.key"));
  expect(key).toHaveLength(32);
  expect((await stat(join(folder, "vault.key"))).mode & 0o777).toBe(0o600);
  expect(stdout).toMatch(/MD5 +[A-Za-z0-9+/]{22}==/);
  expect(stdout).not.toContain(key.toString("base64"));
});

it("keygen refuses an existing file and an unwritable path, with exit code 2", async () => {
  const folder = await newFolder();
  await runCli(["keygen", "vault.key"], { folder });
  const before = await readFile(join(folder, "vault.key"));
  const again = await runCli(["keygen", "vault.key"], { folder });
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/^error: key file "vault\.key" was not written: it exists.*\n$/);
  expect(await readFile(join(folder, "vault.key"))).toEqual(before);
  const nowhere = await runCli(["keygen", "no/such/folder/vault.key"], { folder });
  expect(nowhere.code).toBe(2);
  expect(nowhere.stderr).toContain("was not written");
});
