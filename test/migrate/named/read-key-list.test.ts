import { describe, expect, it } from "vitest";
import { readKeyList } from "../../../migrate/compare/key-list.js";
import { collect } from "../fixtures/collect.js";

/** In pieces of two bytes, so that every line is cut somewhere. */
async function* pieces(content: string | Buffer) {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += 2) yield bytes.subarray(at, at + 2);
}

async function read(content: string | Buffer, format: "keys" | "keys0" = "keys") {
  const lines = await collect(readKeyList(pieces(content), format));
  return lines.map((line) => (line.kind === "object" ? line.object.key : `${line.line}: ${line.words}`));
}

describe("readKeyList", () => {
  it("returns one key per line unchanged, with or without a final line feed", async () => {
    const keys = ["a", "b c+d%20", " leading", "é\u{1f512}", "s3://no-location", "dir/"];
    expect(await read(keys.join("\n"))).toEqual(keys);
    expect(await read(`${keys.join("\n")}\n`)).toEqual(keys);
    expect(await read("")).toEqual([]);
  });

  it("accepts line breaks in keys that end at NUL", async () => {
    expect(await read("a\nb\0c\r\0", "keys0")).toEqual(["a\nb", "c\r"]);
  });

  it("strips a byte order mark from the first line only", async () => {
    expect(await read("\ufeffa\n\ufeffb\n")).toEqual(["a", "\ufeffb"]);
  });

  it("reports each line that is no key, and continues", async () => {
    const long = "x".repeat(1025);
    const list = Buffer.concat([
      Buffer.from(`a\n\nb\r\n${long}\n${"y".repeat(5000)}\n`),
      Buffer.from([0xff, 0x0a]),
      Buffer.from("z"),
    ]);
    expect(await read(list)).toEqual([
      "a",
      "2: it is empty, as no key is",
      expect.stringMatching(/^3: it ends with a carriage return: .*keys0$/),
      "4: it is longer than 1024 bytes, as no key is",
      "5: it is longer than 1024 bytes, as no key is",
      "6: it is no UTF-8",
      "z",
    ]);
    expect(await read(`${"x".repeat(1024)}\n`)).toEqual(["x".repeat(1024)]);
  });
});
