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

describe("a line of a journal", () => {
  it("that was edited is named by its number and its object", async () => {
    await change((lines) => lines.map((line) => line.replace('"key":"c"', '"key":"x"')));
    expect(await said()).toEqual(["line 4 (s3://b/x) was edited"]);
  });

  it("that was edited to no JSON is named by its number", async () => {
    await change((lines) => lines.with(3, "{"));
    expect(await said()).toEqual(["line 4 was edited"]);
  });

  it("that was edited by one byte that is no UTF-8 is named", async () => {
    const file = join(runDir, FIRST_SEGMENT);
    const bytes = await readFile(file);
    bytes.writeUInt8(0xff, bytes.indexOf('"key":"b"') + 7);
    await writeFile(file, bytes);
    expect(await said()).toEqual([expect.stringMatching(/^line 3 \(.*\) was edited$/)]);
  });

  it("that was removed is named by what its number was", async () => {
    await change((lines) => at(lines, 1, 2, 4, 5, 6));
    expect(await said()).toEqual(["line 3 was removed"]);
  });

  it("that was removed from the end, or from the beginning, is named", async () => {
    await change((lines) => at(lines, 2, 3, 4, 5));
    expect(await said()).toEqual(["line 1 was removed", "line 6 was removed"]);
  });

  it("that was added is named, and what follows it is not", async () => {
    await change((lines) => [
      ...at(lines, 1, 2),
      (lines[2] ?? "").replace('"key":"b"', '"key":"x"'),
      ...lines.slice(2),
    ]);
    expect(await said()).toEqual(["line 3 (s3://b/x) was added"]);
  });

  it("that was appended is named, a repeated one too", async () => {
    await change((lines) => [...lines, ...at(lines, 3)]);
    expect(await said()).toEqual(["line 7 (s3://b/b) was added"]);
  });

  it("that was swapped with another is named with both of its numbers", async () => {
    await change((lines) => at(lines, 1, 5, 3, 4, 2, 6));
    expect(await said()).toEqual(["line 2 (s3://b/d) was line 5", "line 5 (s3://b/a) was line 2"]);
  });

  it("that was moved to another segment is gone here and new there", async () => {
    const [moved = ""] = at((await readFile(join(runDir, FIRST_SEGMENT), "utf8")).split("\n"), 6);
    await change((lines) => lines.slice(0, -1));
    await change((lines) => [...lines, moved], SECOND_SEGMENT);
    expect(await said()).toEqual(["line 6 was removed", expect.stringContaining("line 6 (s3://b/e) was added")]);
  });

  it("is named among others that were changed in other ways", async () => {
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

  it("whose key could drive a terminal cannot", async () => {
    await change((lines) => lines.map((line) => line.replace('"key":"c"', '"key":"\\u001b[2Jc"')));
    expect(await said()).toEqual(["line 4 (s3://b/<U+001B>[2Jc) was edited"]);
  });
});

describe("a segment", () => {
  it("that was converted to CR LF has that said of it, and no line called edited", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.replaceAll("\n", "\r\n"));
    expect(await said()).toEqual(["6 lines with another end than a line feed alone: the file was converted, or cut"]);
  });

  it("that was converted and edited has both said of it", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.replace('"key":"c"', '"key":"x"').replaceAll("\n", "\r\n"));
    expect(await said()).toEqual(["line 4 (s3://b/x) was edited", expect.stringMatching(/^6 lines with another end/)]);
  });

  it("that was cut has the line named in which it ends, and those that are gone", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.slice(0, text.indexOf('"key":"c"')));
    expect(await said()).toEqual([
      "line 4 was edited",
      "lines 5 to 6 were removed",
      "1 line with another end than a line feed alone: the file was converted, or cut",
    ]);
  });

  it("that lost its last line feed alone has that said of it", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.trimEnd());
    expect(await said()).toEqual([expect.stringMatching(/^1 line with another end/)]);
  });

  it("that was emptied has all of its lines named as gone", async () => {
    await writeFile(join(runDir, FIRST_SEGMENT), "");
    expect(await said()).toEqual(["lines 1 to 6 were removed"]);
  });

  it("with thousands of lines more has them named as one range", async () => {
    await change((lines) => [...lines, ...Array<string>(5000).fill("{}")]);
    expect(await said()).toContain("lines 7 to 5006 were added");
  });

  it("with every other of many lines edited has a hundred of them named, and the others counted", async () => {
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
  ])("that was %s is named, and what it holds", async (_, tamper, words) => {
    await tamper();
    const { findings } = await check();
    const ofFiles = findings.filter(({ kind }) => kind.startsWith("file-"));
    expect(ofFiles.map(findingWords)).toEqual(words);
  });

  it("that was swapped with another as a whole is named so, and none of its lines", async () => {
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

  it("whose lines cannot be named, since their hashes were changed too, is named itself", async () => {
    await change((lines) => lines.slice(1));
    await appendFile(join(runDir, "journal.leaves"), "x");
    const { findings, skipped } = await check();
    expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual(
      expect.arrayContaining([`file-changed ${FIRST_SEGMENT}`, "file-changed journal.leaves"]),
    );
    expect(skipped).toContainEqual({ check: "lines", because: expect.stringContaining("journal.leaves") });
  });
});
