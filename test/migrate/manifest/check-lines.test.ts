import { appendFile, copyFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { migrated } from "../report/a-run.js";
import { closedJournal } from "../report/journal-of.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "./run-folder.js";

// Line 1 of each segment is what it begins with; a to e are lines 2 to 6 of the first, f to h and the checkpoint of the second.
const KEYS = ["a", "b", "c", "d", "e", "f", "g", "h"];

let runDir: string;
beforeEach(async () => {
  runDir = await runFolder(closedJournal(KEYS.map((key) => migrated({ key }))));
});
afterEach(() => rm(runDir, { recursive: true }));

const check = () => checkRun(runDir, { toolVersion: "0.1.0" });
/** What is said of single lines, without the segment: that they were changed, and nothing of what they say. */
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
    expect(await said()).toEqual(["6 lines with another end than a line feed alone: the file was converted, or cut"]);
  });

  it("reports both a conversion and an edited line", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.replace('"key":"c"', '"key":"x"').replaceAll("\n", "\r\n"));
    expect(await said()).toEqual(["line 4 (s3://b/x) was edited", expect.stringMatching(/^6 lines with another end/)]);
  });

  it("names the line where the segment was cut, and the lines after it", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.slice(0, text.indexOf('"key":"c"')));
    expect(await said()).toEqual([
      "line 4 was edited",
      "lines 5 to 6 were removed",
      "1 line with another end than a line feed alone: the file was converted, or cut",
    ]);
  });

  it("reports a missing last line feed", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.trimEnd());
    expect(await said()).toEqual([expect.stringMatching(/^1 line with another end/)]);
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
      ["journal/000003.ndjson: not named by the manifest; it holds what manifest.json says of journal/000001.ndjson"],
    ],
    [
      "renamed",
      () => rename(join(runDir, SECOND_SEGMENT), join(runDir, "journal/000003.ndjson")),
      [
        "journal/000002.ndjson: missing",
        "journal/000003.ndjson: not named by the manifest; it holds what manifest.json says of journal/000002.ndjson",
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
