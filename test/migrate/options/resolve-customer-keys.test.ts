import { randomBytes } from "node:crypto";
import { chmod } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type MigrateOptions, optionProblems } from "../../../migrate/index.js";
import { SSE_S3 } from "../../../migrate/model/target-sse-s3.js";
import { resolveOptions } from "../../../migrate/options/resolve-options.js";
import { newKeyFile } from "../../buckets/key-file.js";

const HERE = "http://127.0.0.1:9000";
const given = (more: Partial<MigrateOptions>): MigrateOptions => ({
  locations: ["s3://bucket"],
  endpoint: HERE,
  ...more,
});
const problems = (more: Partial<MigrateOptions>) => optionProblems(given(more));

describe("resolveOptions with customer keys", () => {
  test("reads the keys that open objects and the target key from their files", async () => {
    const [own, target] = [await newKeyFile(), await newKeyFile()];
    const { keys, policy } = await resolveOptions(
      given({ ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path }),
    );
    expect(keys.keysFor("any")).toHaveLength(1);
    expect(policy.target).toMatchObject({ name: "sse-c" });
  });

  test("returns no keys and SSE-S3 as the target by default", async () => {
    const { keys, policy } = await resolveOptions(given({}));
    expect(keys.entries).toEqual([]);
    expect(policy.target).toBe(SSE_S3);
  });

  test("allows customer keys over plain HTTP only to the local machine", async () => {
    const { path } = await newKeyFile();
    const away = (endpoint: string) => problems({ endpoint, ssecKeyFile: [path] });
    for (const endpoint of [
      HERE,
      "http://localhost:1",
      "http://[::1]:1",
      "http://s3.localhost",
      "https://s3.example.com",
    ]) {
      expect(await away(endpoint)).toEqual([]);
    }
    for (const endpoint of ["http://s3.example.com", "http://10.0.0.1:9000", "http://localhost.example.com"]) {
      expect(await away(endpoint)).toEqual([expect.stringMatching(/is not encrypted: give an https:\/\/ endpoint/)]);
      expect(await problems({ endpoint })).toEqual([]);
      expect(await problems({ endpoint, to: "sse-c", toKeyFile: path })).toHaveLength(1);
    }
  });

  test("requires --to-key-file with --to sse-c, and --to sse-c with --to-key-file", async () => {
    const { path } = await newKeyFile();
    expect(await problems({ to: "sse-c" })).toEqual([expect.stringMatching(/--to-key-file/)]);
    expect(await problems({ toKeyFile: path })).toEqual([expect.stringMatching(/give both, or neither/)]);
    expect(await problems({ to: "aes" as never })).toEqual([expect.stringMatching(/--to: "aes" is not allowed/)]);
  });

  test("reports unusable key files together with all other bad options", async () => {
    const { path } = await newKeyFile();
    await chmod(path, 0o644);
    const words = await problems({
      ssecKeyFile: [path, "none.key"],
      to: "sse-c",
      toKeyFile: "none.key",
      race: "x" as never,
    });
    expect(words).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/--race/),
        expect.stringMatching(/--ssec-key-file: ".*customer\.key" cannot be used: its mode is 0644/),
        '--ssec-key-file: "none.key" cannot be used: it does not exist',
        '--to-key-file: "none.key" cannot be used: it does not exist',
      ]),
    );
    expect(words).toHaveLength(4);
  });

  test("does not repeat a key that was given in place of its file", async () => {
    const key = randomBytes(32);
    for (const form of [key.toString("base64"), key.toString("hex")]) {
      const words = await problems({ ssecKeyFile: [form], to: "sse-c", toKeyFile: form });
      expect(words).toHaveLength(2);
      expect(words.join()).toContain("what looks like a key itself");
      expect(words.join()).not.toContain(form);
    }
  });
});
