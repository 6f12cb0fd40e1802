import { appendFile, copyFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { compareLines, type LineChange } from "../../../migrate/evidence/compare-lines.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { firstDifference } from "../../../migrate/evidence/journal-tree.js";
import { closedJournal, migrated } from "../fixtures/records.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "../fixtures/run-folder.js";

describe("changed journal lines", () => {
  // Line 1 of each segment is what it begins with; a to e are lines 2 to 6 of the first, f to h and the checkpoint of the second.
  const KEYS = ["a", "b", "c", "d", "e", "f", "g", "h"];

  let runDir: string;
  beforeEach(async () => {
    runDir = await runFolder(closedJournal(KEYS.map((key) => migrated({ key }))));
  });
  afterEach(() => rm(runDir, { recursive: true }));

  const check = () => checkRun(runDir, { toolVersion: "0.1.0" });
  /** The findings for single lines, without the segment: that they were changed, and nothing of their content. */
  async function said(segment = FIRST_SEGMENT): Promise<string[]> {
    const { findings } = await check();
    expect(findings).toContainEqual(expect.objectContaining({ kind: "file-changed", path: segment }));
    const ofLines = findings.filter(({ kind }) => /^lines?-(edited|moved|added|removed|ends)|^more-lines/.test(kind));
    return ofLines.map((finding) => findingWords(finding).replace(`${segment}: `, ""));
  }
  const change = (make: (lines: string[]) => string[], segment = FIRST_SEGMENT) => editLines(runDir, segment, make);
  const at = (lines: readonly string[], ...numbers: number[]) => numbers.map((number) => lines[number - 1] ?? "");

  describe("checkRun on a journal line", () => {
    it("names an edited line by number and object", async () => {
      await change((lines) => lines.map((line) => line.replace('"key":"c"', '"key":"x"')));
      expect(await said()).toEqual(["line 4 (s3://b/x) was edited"]);
    });

    it("names a line that is no longer JSON by number", async () => {
      await change((lines) => lines.with(3, "{"));
      expect(await said()).toEqual(["line 4 was edited"]);
    });

    it("names a line with one byte that is not UTF-8", async () => {
      const file = join(runDir, FIRST_SEGMENT);
      const bytes = await readFile(file);
      bytes.writeUInt8(0xff, bytes.indexOf('"key":"b"') + 7);
      await writeFile(file, bytes);
      expect(await said()).toEqual([expect.stringMatching(/^line 3 \(.*\) was edited$/)]);
    });

    it("names a removed line by its former number", async () => {
      await change((lines) => at(lines, 1, 2, 4, 5, 6));
      expect(await said()).toEqual(["line 3 was removed"]);
    });

    it("names lines removed from the beginning and the end", async () => {
      await change((lines) => at(lines, 2, 3, 4, 5));
      expect(await said()).toEqual(["line 1 was removed", "line 6 was removed"]);
    });

    it("names an added line, and none that follows it", async () => {
      await change((lines) => [
        ...at(lines, 1, 2),
        (lines[2] ?? "").replace('"key":"b"', '"key":"x"'),
        ...lines.slice(2),
      ]);
      expect(await said()).toEqual(["line 3 (s3://b/x) was added"]);
    });

    it("names an appended line, even if it repeats another", async () => {
      await change((lines) => [...lines, ...at(lines, 3)]);
      expect(await said()).toEqual(["line 7 (s3://b/b) was added"]);
    });

    it("names swapped lines with both numbers", async () => {
      await change((lines) => at(lines, 1, 5, 3, 4, 2, 6));
      expect(await said()).toEqual(["line 2 (s3://b/d) was line 5", "line 5 (s3://b/a) was line 2"]);
    });

    it("reports a line moved to another segment as removed and added", async () => {
      const [moved = ""] = at((await readFile(join(runDir, FIRST_SEGMENT), "utf8")).split("\n"), 6);
      await change((lines) => lines.slice(0, -1));
      await change((lines) => [...lines, moved], SECOND_SEGMENT);
      expect(await said()).toEqual(["line 6 was removed", expect.stringContaining("line 6 (s3://b/e) was added")]);
    });

    it("names lines that were removed, edited and swapped in the same segment", async () => {
      await change((lines) => [
        ...at(lines, 1, 3),
        (lines[3] ?? "").replace('"key":"c"', '"key":"x"'),
        ...at(lines, 6, 5),
      ]);
      expect(await said()).toEqual([
        "line 2 was removed",
        "line 3 (s3://b/x) was edited, and was line 4",
        "line 4 (s3://b/e) was line 6",
      ]);
    });

    it("escapes control characters in the key of the line", async () => {
      await change((lines) => lines.map((line) => line.replace('"key":"c"', '"key":"\\u001b[2Jc"')));
      expect(await said()).toEqual(["line 4 (s3://b/<U+001B>[2Jc) was edited"]);
    });
  });

  describe("checkRun on a segment", () => {
    it("reports a conversion to CR LF, and no line as edited", async () => {
      await edit(runDir, FIRST_SEGMENT, (text) => text.replaceAll("\n", "\r\n"));
      expect(await said()).toEqual(["6 lines with another line ending than LF: the file was converted, or cut"]);
    });

    it("reports both a conversion and an edited line", async () => {
      await edit(runDir, FIRST_SEGMENT, (text) => text.replace('"key":"c"', '"key":"x"').replaceAll("\n", "\r\n"));
      expect(await said()).toEqual([
        "line 4 (s3://b/x) was edited",
        expect.stringMatching(/^6 lines with another line ending/),
      ]);
    });

    it("names the line where the segment was cut, and the lines after it", async () => {
      await edit(runDir, FIRST_SEGMENT, (text) => text.slice(0, text.indexOf('"key":"c"')));
      expect(await said()).toEqual([
        "line 4 was edited",
        "lines 5 to 6 were removed",
        "1 line with another line ending than LF: the file was converted, or cut",
      ]);
    });

    it("reports a missing last line feed", async () => {
      await edit(runDir, FIRST_SEGMENT, (text) => text.trimEnd());
      expect(await said()).toEqual([expect.stringMatching(/^1 line with another line ending/)]);
    });

    it("reports all lines of an emptied segment as removed", async () => {
      await writeFile(join(runDir, FIRST_SEGMENT), "");
      expect(await said()).toEqual(["lines 1 to 6 were removed"]);
    });

    it("reports thousands of added lines as one range", async () => {
      await change((lines) => [...lines, ...Array<string>(5000).fill("{}")]);
      expect(await said()).toContain("lines 7 to 5006 were added");
    });

    it("names the first hundred edited lines, and counts the others", async () => {
      await rm(runDir, { recursive: true });
      const keys = Array.from({ length: 600 }, (_, index) => `key ${index}`);
      runDir = await runFolder(closedJournal(keys.map((key) => migrated({ key }))));
      await change((lines) => lines.map((line, index) => (index % 2 === 0 ? line.replace("key ", "yek ") : line)));
      const words = await said();
      expect(words.slice(0, 2)).toEqual(["line 3 (s3://b/yek 1) was edited", "line 5 (s3://b/yek 3) was edited"]);
      expect(words).toHaveLength(101);
      expect(words.at(-1)).toBe("50 more lines are wrong");
    });

    it.each<[string, () => Promise<void>, string[]]>([
      [
        "doubled",
        () => copyFile(join(runDir, FIRST_SEGMENT), join(runDir, "journal/000003.ndjson")),
        ["journal/000003.ndjson: not listed in the manifest; its content is that of journal/000001.ndjson"],
      ],
      [
        "renamed",
        () => rename(join(runDir, SECOND_SEGMENT), join(runDir, "journal/000003.ndjson")),
        [
          "journal/000002.ndjson: missing",
          "journal/000003.ndjson: not listed in the manifest; its content is that of journal/000002.ndjson",
        ],
      ],
      ["removed", () => rm(join(runDir, SECOND_SEGMENT)), ["journal/000002.ndjson: missing"]],
    ])("reports that it was %s, and the segment that it holds", async (_, tamper, words) => {
      await tamper();
      const { findings } = await check();
      const ofFiles = findings.filter(({ kind }) => kind.startsWith("file-"));
      expect(ofFiles.map(findingWords)).toEqual(words);
    });

    it("reports a swap of two whole segments, and none of their lines", async () => {
      const aside = join(runDir, "aside");
      await rename(join(runDir, FIRST_SEGMENT), aside);
      await rename(join(runDir, SECOND_SEGMENT), join(runDir, FIRST_SEGMENT));
      await rename(aside, join(runDir, SECOND_SEGMENT));
      const { findings } = await check();
      expect(findings).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: "file-changed", path: FIRST_SEGMENT, holds: SECOND_SEGMENT }),
          expect.objectContaining({ kind: "file-changed", path: SECOND_SEGMENT, holds: FIRST_SEGMENT }),
        ]),
      );
      expect(findings.filter(({ kind }) => /^lines?-(edited|moved|added|removed)/.test(kind))).toEqual([]);
    });

    it("reports the segment itself if the hashes of its lines were changed too", async () => {
      await change((lines) => lines.slice(1));
      await appendFile(join(runDir, "journal.leaves"), "x");
      const { findings, skipped } = await check();
      expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual(
        expect.arrayContaining([`file-changed ${FIRST_SEGMENT}`, "file-changed journal.leaves"]),
      );
      expect(skipped).toContainEqual({ check: "lines", because: expect.stringContaining("journal.leaves") });
    });
  });
});

const lines = (text: string) => [...text];

describe("compareLines", () => {
  it.each<[string, string, string, LineChange[]]>([
    ["nothing", "abc", "abc", []],
    ["an edit", "abc", "aXc", [{ kind: "edited", line: 2, was: 2 }]],
    ["a removal at the beginning", "abc", "bc", [{ kind: "removed", was: 1, to: 1 }]],
    ["removals in a row", "abcdef", "af", [{ kind: "removed", was: 2, to: 5 }]],
    [
      "a removal and an edit after it",
      "abcde",
      "acXe",
      [
        { kind: "removed", was: 2, to: 2 },
        { kind: "edited", line: 3, was: 4 },
      ],
    ],
    ["additions at the end", "abc", "abcXY", [{ kind: "added", line: 4, to: 5 }]],
    ["a line that is there twice", "abc", "abca", [{ kind: "added", line: 4, to: 4 }]],
    ["two neighbours swapped", "abcd", "acbd", [{ kind: "moved", line: 2, was: 3 }]],
    ["a line taken from the end to the beginning", "abcd", "dabc", [{ kind: "moved", line: 1, was: 4 }]],
    ["an emptied segment", "ab", "", [{ kind: "removed", was: 1, to: 2 }]],
    ["a filled one", "", "ab", [{ kind: "added", line: 1, to: 2 }]],
  ])("reports %s", (_, before, now, changes) => {
    expect(compareLines(lines(before), lines(now))).toEqual(changes);
  });

  it("returns changes that turn the old lines into the new ones", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, now) => {
        expect(retold(before, now, compareLines(before, now))).toEqual(now);
      }),
      { numRuns: 2000 },
    );
  });

  it("reports each changed line on its own among thousands", () => {
    const before = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const now = before.with(4000, "edited").toSpliced(3000, 2).toSpliced(100, 0, "new");
    expect(compareLines(before, now)).toEqual([
      { kind: "added", line: 101, to: 101 },
      { kind: "removed", was: 3001, to: 3002 },
      { kind: "edited", line: 4000, was: 4001 },
    ]);
  });
});

/** Lines that stay keep their order; edits, moves and additions are put at their numbers. */
function retold(before: readonly string[], now: readonly string[], changes: readonly LineChange[]): readonly string[] {
  const gone = new Set(changes.flatMap(goneBy));
  const placed = new Map(changes.flatMap((change) => placedBy(change, before, now)));
  const staying = before.filter((_, index) => !gone.has(index + 1));
  const length = staying.length + placed.size;
  return Array.from({ length }, (_, index) => placed.get(index + 1) ?? staying.shift() ?? "none left");
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function goneBy(change: LineChange): number[] {
  if (change.kind === "added") return [];
  return change.kind === "removed" ? range(change.was, change.to) : [change.was];
}

function placedBy(change: LineChange, before: readonly string[], now: readonly string[]): [number, string][] {
  if (change.kind === "removed") return [];
  if (change.kind === "moved") return [[change.line, before[change.was - 1] ?? ""]];
  const lines = change.kind === "added" ? range(change.line, change.to) : [change.line];
  return lines.map((line) => [line, now[line - 1] ?? ""]);
}

describe("firstDifference", () => {
  it.each([
    ["a figure", { a: { b: 1 } }, { a: { b: 2 } }, "a.b is 1, but should be 2"],
    ["a missing field", {}, { a: 1 }, "a is not there, but should be 1"],
    ["a field too many", { a: 1 }, {}, "a is 1, but should be not there"],
    ["a longer list", { a: [1, 2] }, { a: [1] }, "a.1 is 2, but should be not there"],
    ["another type", 7, { a: 1 }, 'it is 7, but should be {"a":1}'],
    ["null for a table", { a: null }, { a: {} }, "a is null, but should be {}"],
  ])("names %s", (_, said, folded, words) => expect(firstDifference(said, folded)).toBe(words));

  it("ignores the order of keys", () => {
    expect(firstDifference({ a: 1, b: [2] }, { b: [2], a: 1 })).toBeUndefined();
  });
});
