import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { openJournal } from "../../../migrate/journal/journal-writer.js";
import { readJournal } from "../../../migrate/journal/read-journal.js";
import { readChain } from "../../../migrate/journal/segment-chain.js";
import { cutTornLine } from "../../../migrate/journal/segments.js";
import { collect } from "../../buckets/async-items.js";
import { newFolder } from "../../buckets/start-world.js";
import { outcomeRecord } from "../fixtures/records.js";

describe("segment chain", () => {
  let runDir: string;
  const pathOf = (number: number) => join(runDir, "journal", `00000${number}.ndjson`);
  const textOf = (number: number) => readFile(pathOf(number), "utf8");

  /** Three segments of three lines each. */
  beforeEach(async () => {
    runDir = await newFolder();
    for (let n = 0; n < 3; n += 1) await writeSession(n);
  });

  async function writeSession(n: number): Promise<void> {
    const journal = await openJournal(runDir);
    await journal.append(outcomeRecord({ key: `é ${n}` }));
    await journal.append(outcomeRecord({ key: `second ${n}` }));
    await journal.close();
  }

  const breaks = async () => (await readChain(runDir)).breaks.map(({ segment, problem }) => `${segment}: ${problem}`);

  describe("readChain", () => {
    test("finds each segment to hold the size and SHA-256 of the previous one", async () => {
      expect(await breaks()).toEqual([]);
      for (const number of [2, 3]) {
        const before = await readFile(pathOf(number - 1));
        const head = JSON.parse((await textOf(number)).split("\n")[0] ?? "");
        expect(head.previous).toEqual({
          number: number - 1,
          lines: 3,
          bytes: before.length,
          sha256: createHash("sha256").update(before).digest("hex"),
        });
      }
    });

    test("finds no break in the segments of one session", async () => {
      const folder = await newFolder();
      const journal = await openJournal(folder, 1000);
      for (let n = 0; n < 30; n += 1) await journal.append(outcomeRecord({ key: `key ${n}` }));
      await journal.close();
      expect((await readdir(join(folder, "journal"))).length).toBeGreaterThan(3);
      expect((await readChain(folder)).breaks).toEqual([]);
    });

    test.each<[string, (text: string) => string]>([
      ["an edited line", (text) => text.replace("second 0", "second 7")],
      ["a removed line", (text) => text.split("\n").toSpliced(1, 1).join("\n")],
      ["an appended line", (text) => `${text}${text.split("\n")[1]}\n`],
      ["lines swapped", (text) => [0, 2, 1, 3].map((index) => text.split("\n")[index]).join("\n")],
      ["line ends of another system", (text) => text.replaceAll("\n", "\r\n")],
      ["no end of its last line", (text) => text.trimEnd()],
    ])("names exactly the segment with %s", async (_, change) => {
      await writeFile(pathOf(1), change(await textOf(1)));
      expect(await breaks()).toEqual([
        expect.stringMatching(/^000001\.ndjson: 000002\.ndjson says that it contained 3 lines/),
      ]);
    });

    test("finds a missing segment, in the middle or at the beginning", async () => {
      await rm(pathOf(2));
      expect(await breaks()).toEqual(["000003.ndjson: line 1 says that segment 2 came before it, but segment 1 did"]);
      await rm(pathOf(1));
      expect(await breaks()).toEqual([
        "000003.ndjson: line 1 says that segment 2 came before it, but that segment is missing",
      ]);
    });

    test("finds a segment that was renamed, duplicated, or put in front", async () => {
      await writeFile(pathOf(4), await textOf(3));
      expect(await breaks()).toEqual([
        "000004.ndjson: line 1 says that it is segment 3",
        "000004.ndjson: line 1 says that segment 2 came before it, but segment 3 did",
      ]);
      await rm(pathOf(4));
      await rename(pathOf(1), pathOf(4));
      expect(await breaks()).toEqual([
        "000002.ndjson: line 1 says that segment 1 came before it, but that segment is missing",
        "000004.ndjson: line 1 says that it is segment 1",
        "000004.ndjson: line 1 says that it is the first segment, but it is not",
      ]);
    });

    test("finds a segment that does not begin with a segment record", async () => {
      await writeFile(pathOf(3), `${JSON.stringify(outcomeRecord())}\n`);
      expect(await breaks()).toEqual([
        expect.stringMatching(/^000003\.ndjson: line 1 is not the header of a segment: /),
      ]);
    });

    test("cannot find a change to the last segment", async () => {
      await writeFile(pathOf(3), (await textOf(3)).replace("second 2", "second 7"));
      expect(await breaks()).toEqual([]);
    });
  });

  describe("readChain after a killed session", () => {
    test.each([
      ["in the middle of a line", '{"kind":"outcome","buc'],
      ["in the middle of a first line", null],
      ["before its first line", ""],
    ])("finds no break, before and after a resume, if it was killed %s", async (_, torn) => {
      if (torn === null) await writeFile(pathOf(4), (await textOf(3)).slice(0, 20));
      else if (torn === "") await writeFile(pathOf(4), "");
      else await appendFile(pathOf(3), torn);
      expect(await breaks()).toEqual([]);
      await cutTornLine(runDir);
      await writeSession(4);
      expect(await breaks()).toEqual([]);
      expect((await readChain(runDir)).end).toMatchObject({ lines: 3 });
      await writeFile(pathOf(3), (await textOf(3)).replace("second 2", "second 7"));
      expect(await breaks()).toHaveLength(1);
    });
  });
});

async function journalOf(...segments: (string | Buffer)[]): Promise<{ runDir: string; paths: string[] }> {
  const runDir = await newFolder();
  await mkdir(join(runDir, "journal"));
  const paths = segments.map((_, index) => join(runDir, "journal", `${String(index + 1).padStart(6, "0")}.ndjson`));
  for (const [index, path] of paths.entries()) await writeFile(path, segments[index] ?? "");
  return { runDir, paths };
}

const keys = ["a", "é\u2028b", "🦊", "line\nbreak", "x".repeat(70_000)];
const lines = keys.map((key) => `${JSON.stringify(outcomeRecord({ key }))}\n`);

describe("cutTornLine", () => {
  test("cuts a torn line at any length, and keeps every whole line before it", { tags: ["slow"] }, async () => {
    const whole = Buffer.from(lines.join(""));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        const { runDir } = await journalOf(whole.subarray(0, length));
        const cut = await cutTornLine(runDir);
        const records = await collect(readJournal(runDir));
        const kept = keys.slice(0, records.length);
        expect(records.map((record) => record.kind === "outcome" && record.key)).toEqual(kept);
        const keptBytes = Buffer.byteLength(lines.slice(0, records.length).join(""));
        expect(keptBytes + cut).toBe(length);
        expect(cut).toBeLessThan(Buffer.byteLength(lines[records.length] ?? "\n"));
      }),
      { numRuns: 60, examples: [[0], [1], [whole.length - 1], [whole.length]] },
    );
  });

  test("cuts a torn line that is longer than one read", async () => {
    const { runDir, paths } = await journalOf(`${lines[0]}${"x".repeat(200_000)}`);
    expect(await cutTornLine(runDir)).toBe(200_000);
    expect(await readFile(paths[0] ?? "", "utf8")).toBe(lines[0]);
  });

  test("looks only at the last segment", async () => {
    const { runDir, paths } = await journalOf("not whole", lines[0] ?? "");
    expect(await cutTornLine(runDir)).toBe(0);
    expect(await readFile(paths[0] ?? "", "utf8")).toBe("not whole");
  });

  test("cuts nothing in a run without a journal", async () => {
    expect(await cutTornLine(await newFolder())).toBe(0);
  });
});
