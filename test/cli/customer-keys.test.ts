import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { customerKeyHeaders } from "../buckets/mixed-objects.js";
import { createBucket, putObject, type RawS3, rawS3 } from "../buckets/raw-s3.js";
import { readObject } from "../buckets/read-bucket.js";
import { newFolder } from "../buckets/start-world.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { type Ran, runCli } from "./run-cli.js";

const BODY = Buffer.from("a letter");

describe("bucketseal migrate with customer keys", () => {
  let rehearsal: Rehearsal;
  let raw: RawS3;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    raw = rawS3(rehearsal.sandbox);
  });
  afterAll(async () => {
    raw.close();
    await rehearsal.close();
  });

  /** A key that `keygen` makes, in the folder that commands run in. */
  const keygen = async (name: string): Promise<Buffer> => {
    expect((await rehearsal.cli("keygen", name)).code).toBe(0);
    return readFile(join(rehearsal.folder, name));
  };

  /** All that a command printed, and all that the run left. */
  const tracesOf = async ({ stdout, stderr }: Ran, run: string): Promise<string> => {
    const entries = await readdir(join(rehearsal.folder, run), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return [stdout, stderr, ...(await Promise.all(files.map((file) => readFile(file, "latin1"))))].join("\n");
  };

  test("migrates from one key to SSE-S3 and to another key, and leaves no trace of any key", {
    tags: ["slow"],
  }, async () => {
    const { cli, place, folder } = rehearsal;
    const [archive, target] = [await keygen("archive.key"), await keygen("target.key")];
    await writeFile(join(folder, "keys.json"), JSON.stringify({ "archive/": { file: "archive.key" } }));
    await createBucket(raw, "letters");
    await putObject(raw, "letters", { key: "archive/one", body: BODY, headers: customerKeyHeaders(archive) });
    await putObject(raw, "letters", { key: "other/two", body: BODY, headers: customerKeyHeaders(archive) });
    await putObject(raw, "letters", { key: "plain", body: BODY });

    const opened = await cli("migrate", "s3://letters", ...place, "--ssec-key-file", "keys.json", "--out", "run-1");
    expect(opened).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +2 /) });
    expect(opened.stdout).toContain("encrypted with a customer key that was not given (SSE-C)");
    expect(await readObject(raw, "letters", "archive/one")).toMatchObject({ status: 200, encryption: "AES256" });
    expect(await readObject(raw, "letters", "other/two")).toMatchObject({ status: 400 });

    await putObject(raw, "letters", { key: "plain", body: BODY });
    const keys = ["--ssec-key-file", "archive.key", "--to", "sse-c", "--to-key-file", "target.key"];
    const rotated = await cli("migrate", "s3://letters", ...place, ...keys, "--json", "--out", "run-2");
    expect(rotated).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("default encryption cannot be a customer key"),
    });
    for (const key of ["other/two", "plain"]) {
      const now = await readObject(raw, "letters", key, target);
      expect(now).toMatchObject({ status: 200, encryption: "SSE-C" });
      expect(now.bodySha256).toBe((await readObject(raw, "letters", "archive/one")).bodySha256);
    }
    expect((await cli("verify", "run-2")).code).toBe(0);

    const traces = [await tracesOf(opened, "run-1"), await tracesOf(rotated, "run-2")].join("\n");
    expect(traces).toContain("keys.json");
    for (const key of [archive, target]) {
      for (const form of ["base64", "hex", "latin1"] as const) expect(traces.includes(key.toString(form))).toBe(false);
    }
  });

  test("reports all problems of its key files at once, without revealing a key", async () => {
    const { cli, place, folder } = rehearsal;
    const key = await keygen("open.key");
    await chmod(join(folder, "open.key"), 0o644);
    const given = key.toString("base64");
    const files = ["--ssec-key-file", "open.key", "--ssec-key-file", given, "--to", "sse-c"];
    const ran = await cli("migrate", "s3://letters", ...place, ...files, "--race", "never");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain('error: --ssec-key-file: "open.key" cannot be used: its mode is 0644');
    expect(ran.stderr).toContain(
      "error: --ssec-key-file: what was given cannot be used: this looks like the key itself",
    );
    expect(ran.stderr).toContain("error: --to sse-c needs a key: give its file");
    expect(ran.stderr).toContain("error: --race");
    expect(ran.stderr).not.toContain(given);
  });
});

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
