import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAX_LINE_BYTES, readLineBytes, readLines } from "../../../migrate/journal/read-journal.js";
import { newFolder } from "../../buckets/start-world.js";
import { collect } from "../fixtures/collect.js";

async function linesOf(text: string): Promise<string[]> {
  const path = join(await newFolder(), "lines");
  await writeFile(path, text);
  return collect(readLines(path));
}

test("readLines ends a line only at LF, not at CR or Unicode separators", async () => {
  expect(await linesOf("a\u2028b\u2029c\u0085d\re\nf\n")).toEqual(["a\u2028b\u2029c\u0085d\re", "f"]);
});

test("readLines returns a last line without LF, and no line for an empty file", async () => {
  expect(await linesOf("a\nb")).toEqual(["a", "b"]);
  expect(await linesOf("")).toEqual([]);
  expect(await linesOf("\n\n")).toEqual(["", ""]);
});

test("readLines keeps lines and characters whole across read boundaries", async () => {
  const long = ["é".repeat(50_001), "🦊".repeat(40_003), "x"];
  expect(await linesOf(`${long.join("\n")}\n`)).toEqual(long);
});

test("readLineBytes truncates a line over the maximum, reports its size, and keeps its neighbours", async () => {
  const path = join(await newFolder(), "lines");
  const [longest, tooLong] = ["m".repeat(MAX_LINE_BYTES), "x".repeat(40 * 1024 * 1024)];
  await writeFile(path, `a\n${longest}\n${tooLong}\n\n${tooLong}`);
  const lines = await collect(readLineBytes(path));
  expect(lines.map(({ bytes, ended, tooLong }) => [bytes.length, ended, tooLong])).toEqual([
    [1, true, null],
    [MAX_LINE_BYTES, true, null],
    [MAX_LINE_BYTES, true, tooLong.length],
    [0, true, null],
    [MAX_LINE_BYTES, false, tooLong.length],
  ]);
});
