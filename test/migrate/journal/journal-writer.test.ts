import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { groupCommit, openJournal } from "../../../migrate/journal/journal-writer.js";
import { MAX_LINE_BYTES, readJournal, readLineBytes, readLines } from "../../../migrate/journal/read-journal.js";
import { collect } from "../../buckets/async-items.js";
import { newFolder } from "../../buckets/start-world.js";
import { outcomeRecord } from "../fixtures/records.js";

const record = (n: number) => outcomeRecord({ key: `key ${n}` });
const keysIn = async (runDir: string) =>
  (await collect(readJournal(runDir))).map((line) => (line.kind === "outcome" ? line.key : "checkpoint"));
const names = (count: number) => Array.from({ length: count }, (_, n) => `key ${n}`);

describe("journal", () => {
  test("has written a line when its append resolves", async () => {
    const runDir = await newFolder();
    const journal = await openJournal(runDir);
    await journal.append(record(0));
    const [head = "", ...lines] = (await readFile(join(runDir, "journal", "000001.ndjson"), "utf8")).split("\n");
    expect(JSON.parse(head)).toMatchObject({
      kind: "segment",
      schema: "bucketseal/journal/1",
      number: 1,
      previous: null,
    });
    expect(lines).toEqual([JSON.stringify(record(0)), ""]);
    await journal.close();
  });

  test("keeps the order of appends, concurrent ones included", async () => {
    const runDir = await newFolder();
    const journal = await openJournal(runDir);
    const appended: Promise<void>[] = [];
    for (let n = 0; n < 300; n += 1) {
      appended.push(journal.append(record(n)));
      if (n % 70 === 0) await appended[n];
    }
    await Promise.all(appended);
    await journal.close();
    expect(await keysIn(runDir)).toEqual(names(300));
  });

  test("shares one write among concurrent appends", async () => {
    const journal = await openJournal(await newFolder());
    const [first, second] = [journal.append(record(0)), journal.append(record(1))];
    expect(second).toBe(first);
    await first;
    const later = journal.append(record(2));
    expect(later).not.toBe(first);
    await later;
    await journal.close();
  });

  test("starts a new segment when one is full, and keeps every line", async () => {
    const runDir = await newFolder();
    const journal = await openJournal(runDir, 1000);
    for (let n = 0; n < 30; n += 1) await journal.append(record(n));
    await journal.close();
    expect((await readdir(join(runDir, "journal"))).length).toBeGreaterThan(3);
    expect(await keysIn(runDir)).toEqual(names(30));
  });

  test("starts a new segment for each session", async () => {
    const runDir = await newFolder();
    for (let n = 0; n < 12; n += 1) {
      const journal = await openJournal(runDir);
      await journal.append(record(n));
      await journal.close();
    }
    expect(await readdir(join(runDir, "journal"))).toHaveLength(12);
    expect(await keysIn(runDir)).toEqual(names(12));
  });

  test("rejects every append after close, and writes nothing", async () => {
    const runDir = await newFolder();
    const journal = await openJournal(runDir);
    await journal.append(record(0));
    await journal.close();
    await expect(journal.append(record(1))).rejects.toThrow();
    await expect(journal.append(record(2))).rejects.toThrow();
    expect(await keysIn(runDir)).toEqual(names(1));
  });

  test("has no segment if the run ended before its first object", async () => {
    const runDir = await newFolder();
    await (await openJournal(runDir)).close();
    expect(await keysIn(runDir)).toEqual([]);
    expect(await readdir(runDir)).toEqual([]);
  });

  test("is refused if its schema is of a later version, which is named", async () => {
    const runDir = await newFolder();
    await mkdir(join(runDir, "journal"));
    const head = { kind: "segment", schema: "bucketseal/journal/2", number: 1, previous: null, at: "" };
    await writeFile(join(runDir, "journal", "000001.ndjson"), `${JSON.stringify(head)}\n`);
    await expect(keysIn(runDir)).rejects.toThrow(
      /"bucketseal\/journal\/2" is not known to this version, which reads "bucketseal\/journal\/1"/,
    );
  });

  test("is refused if a line is not a journal record, with file and line", async () => {
    const runDir = await newFolder();
    const journal = await openJournal(runDir);
    await journal.append(record(0));
    await journal.append({ ...record(1), bucket: 5 as unknown as string });
    await journal.close();
    await expect(keysIn(runDir)).rejects.toThrow(/000001\.ndjson: line 3 is not a journal record/);
  });
});

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

test("readLineBytes returns the bytes between LFs, whatever they are, and at most so many of each line", async () => {
  const path = join(await newFolder(), "lines");
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom(65_530, 65_536, 131_072)
      .chain((length) => fc.nat({ max: 255 }).map((byte) => new Uint8Array(length).fill(byte === 0x0a ? 0 : byte))),
    fc.constant(Uint8Array.of(0x0a)),
  );
  const wanted = fc.constantFrom(3, 65_536, Number.POSITIVE_INFINITY);
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), wanted, async (pieces, maxBytes) => {
      const file = Buffer.concat(pieces);
      await writeFile(path, file);
      const texts = file.toString("latin1").split("\n");
      const last = texts.pop() ?? "";
      const expected = [
        ...texts.map((text) => ({ text, ended: true })),
        ...(last === "" ? [] : [{ text: last, ended: false }]),
      ];
      const found = await collect(readLineBytes(path, maxBytes));
      expect(found.map(({ bytes, ...rest }) => ({ text: bytes.toString("latin1"), ...rest }))).toEqual(
        expected.map(({ text, ended }) => ({
          text: text.slice(0, maxBytes),
          ended,
          tooLong: text.length > maxBytes ? text.length : null,
        })),
      );
    }),
    { numRuns: 200 },
  );
});

test("readLineBytes truncates a line over the maximum, reports its size, and keeps its neighbours", {
  tags: ["slow"],
}, async () => {
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

describe("groupCommit", () => {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  const writing = () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const batches: string[] = [];
    const lines = groupCommit(async (batch) => void batches.push(batch.toString()));
    return { batches, append: lines.append };
  };
  afterEach(() => void vi.useRealTimers());

  test("waits a moment for more lines, and again if there were many", async () => {
    const { batches, append } = writing();
    for (const turn of [0, 1]) {
      for (let n = 0; n < 4; n += 1) {
        void append(`${turn}${n} `);
        await nextTurn();
      }
      expect(batches).toHaveLength(turn);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(batches).toEqual(["00 01 02 03 ", "10 11 12 13 "]);
  });

  test("writes the next lines at once if few came meanwhile, and waits again after a hundred of them", async () => {
    const { batches, append } = writing();
    void append("alone");
    await vi.advanceTimersByTimeAsync(10);
    for (let n = 0; n < 100; n += 1) await append("at once");
    expect(batches).toHaveLength(101);
    void append("waits");
    await nextTurn();
    expect(batches).toHaveLength(101);
    await vi.advanceTimersByTimeAsync(10);
    expect(batches.at(-1)).toBe("waits");
  });
});
