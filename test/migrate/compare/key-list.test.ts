import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInventoryCsv } from "../../../migrate/compare/inventory-csv.js";
import { readKeyList } from "../../../migrate/compare/key-list.js";
import { openSource } from "../../../migrate/compare/named-object.js";
import { type Page, type Seek, seekNamed } from "../../../migrate/compare/seek-named.js";
import { compareKeys, compareKeysIn, KEY_ORDERS, type KeyOrder, keyBefore } from "../../../migrate/model/key-order.js";
import { collect } from "../../buckets/async-items.js";
import { newFolder } from "../../buckets/start-world.js";

describe("openSource", () => {
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
});

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
      "2: it is an empty key",
      expect.stringMatching(/^3: it ends with a carriage return: .*keys0$/),
      "4: it is longer than 1024 bytes, the limit for a key",
      "5: it is longer than 1024 bytes, the limit for a key",
      "6: it is not UTF-8",
      "z",
    ]);
    expect(await read(`${"x".repeat(1024)}\n`)).toEqual(["x".repeat(1024)]);
  });
});

describe("inventory as CSV", () => {
  const SCHEMA = ["Bucket", " Key", " Size", " ETag", " EncryptionStatus"];

  async function* pieces(text: string) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  const read = (text: string, schema: readonly string[] | null = SCHEMA) =>
    collect(readInventoryCsv(pieces(text), schema));

  describe("readInventoryCsv", () => {
    it("decodes keys, and maps the encryption status", async () => {
      const statuses = ["SSE-S3", "SSE-KMS", "DSSE-KMS", "SSE-C", "NOT-SSE", "", "SSE-X"];
      const rows = statuses.map((status, index) => `"b","k+${index}%2B%C3%A9","12","abc","${status}"`);
      const lines = await read(`${rows.join("\n")}\n`);
      const objects = lines.map((line) => (line.kind === "object" ? line.object : line));
      expect(objects[0]).toMatchObject({
        bucket: "b",
        key: "k 0+é",
        row: { sizeBytes: 12, etag: "abc", isLatest: true },
      });
      expect(objects.map((object) => ("row" in object ? object.row?.state : object))).toEqual([
        "sse-s3",
        "sse-kms",
        "dsse-kms",
        "sse-c",
        "none",
        null,
        null,
      ]);
    });

    it("takes the column names from the first line, in any order and case, if nothing else does", async () => {
      const lines = await read('is_extra,key,versionId,IsLatest,IsDeleteMarker\nx,"a,b",v1,false,true\n', null);
      expect(lines).toEqual([
        expect.objectContaining({
          object: {
            bucket: null,
            key: "a,b",
            row: expect.objectContaining({ versionId: "v1", isLatest: false, isDeleteMarker: true }),
          },
        }),
      ]);
      expect(await read('"b","k","1"\n', null)).toEqual([
        { kind: "problem", line: 1, words: expect.stringContaining("no column Key") },
      ]);
    });

    it("reports wrong rows by line, and reads the others", async () => {
      const text = [
        '"b","good","1","e","SSE-S3"',
        '"b","short"',
        '"b","bad%","1","e","SSE-S3"',
        '"b","","1","e","SSE-S3"',
        '"b","size","one","e","SSE-S3"',
        '"b","quote"x,"1","e","SSE-S3"',
        '"b","last","1","e","SSE-S3"',
      ].join("\n");
      const lines = await read(text);
      const told = lines.map((line) => (line.kind === "object" ? line.object.key : `${line.line}: ${line.words}`));
      expect(told.toSorted()).toEqual([
        "2: it has 2 columns, and the inventory 5",
        "3: its key is empty, or not URL-encoded (--manifest-keys raw reads keys as they are)",
        "4: its key is empty, or not URL-encoded (--manifest-keys raw reads keys as they are)",
        '5: "one" is not a size',
        expect.stringMatching(/^6: .*quote/i),
        "good",
        "last",
      ]);
    });
  });
});

const PAGE = 5;

/** A listing of these keys, each of them so often, a few entries a page. */
function listing(
  keys: readonly string[],
  entriesOfAKey: Seek<{ key: string }>["entriesOfAKey"],
  times = 1,
  order: KeyOrder = "utf-8",
) {
  const compare = compareKeysIn(order);
  const entries = keys.toSorted(compare).flatMap((key) => Array.from({ length: times }, () => ({ key })));
  const calls = { count: 0 };
  const page = async (found: readonly { key: string }[]): Promise<Page<{ key: string }>> => {
    calls.count += 1;
    return { entries: found.slice(0, PAGE), next: found.length > PAGE ? () => page(found.slice(PAGE)) : null };
  };
  const seek: Seek<{ key: string }> = {
    entriesOfAKey,
    before: (key) => {
      const marker = keyBefore(key);
      return page(entries.filter((entry) => marker === undefined || compare(entry.key, marker) > 0));
    },
    at: (key) => page(entries.filter((entry) => entry.key.startsWith(key))),
  };
  return { seek, calls };
}

async function* each(keys: readonly string[]) {
  yield* keys;
}

const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u{1f512}", "\uff5e"), minLength: 1, maxLength: 4 });
const keys = fc.uniqueArray(key, { maxLength: 40 });
const orders = fc.constantFrom(...KEY_ORDERS);

describe("seekNamed", () => {
  it("finds the listed entries of any named keys in any store order, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, fc.constantFrom(1, 3, 12), orders, async (listed, named, times, order) => {
        const { seek, calls } = listing(listed, times === 1 ? "one" : "many", times, order);
        const row = named.toSorted(compareKeys);
        const found = await collect(seekNamed(each(row), seek));
        expect(found.map((each) => each.key)).toEqual(row);
        expect(found.map(({ entries }) => entries.length)).toEqual(
          row.map((name) => (listed.includes(name) ? times : 0)),
        );
        expect(calls.count).toBeLessThanOrEqual(named.length * (2 + Math.ceil((times + 1) / PAGE)));
      }),
    );
  });

  it("lists a page once if all of its keys are named", async () => {
    const all = Array.from({ length: 100 }, (_, index) => `k${String(index).padStart(3, "0")}`);
    const { seek, calls } = listing(all, "one");
    await collect(seekNamed(each(all), seek));
    expect(calls.count).toBeLessThanOrEqual(2 * (100 / PAGE));
    const sparse = listing(all, "one");
    await collect(seekNamed(each(["k050"]), sparse.seek));
    expect(sparse.calls.count).toBe(1);
  });
});
