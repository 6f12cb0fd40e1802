import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { openSource } from "../../../migrate/compare/named-object.js";
import { newFolder } from "../../buckets/start-world.js";
import { collect } from "../fixtures/collect.js";

async function read(path: string) {
  const { content, digests } = await openSource(path);
  return { text: Buffer.concat(await collect(content)).toString(), sha256: digests().sha256 };
}
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

it.each([
  ["as it is", Buffer.from("a\nb\n"), "a\nb\n"],
  ["unpacked", gzipSync("a\nb\n"), "a\nb\n"],
  ["unpacked, of several files in one", Buffer.concat([gzipSync("a\n"), gzipSync("b\n")]), "a\nb\n"],
  ["of one byte", Buffer.from("a"), "a"],
  ["empty", Buffer.alloc(0), ""],
])("openSource reads a file %s, and returns the digest of the bytes on disk", async (_, bytes, text) => {
  const path = join(await newFolder(), "source");
  await writeFile(path, bytes);
  expect(await read(path)).toEqual({ text, sha256: sha256(bytes) });
});

it("openSource reads a pipe completely", async () => {
  const path = join(await newFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  const writer = spawn("bash", ["-c", 'exec > "$0"; printf a; sleep 0.2; printf "bc\\nd\\n"', path]);
  const closed = new Promise((resolve) => writer.on("close", resolve));
  expect((await read(path)).text).toBe("abc\nd\n");
  await closed;
});

it("openSource reports a truncated gzip file", async () => {
  const path = join(await newFolder(), "source.gz");
  await writeFile(path, gzipSync("a\nb\n").subarray(0, 15));
  await expect(read(path)).rejects.toThrow(/unexpected end of file/);
});
