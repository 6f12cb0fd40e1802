import { createHash } from "node:crypto";
import { readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { alreadyEncrypted, failed, migrated } from "../report/a-run.js";
import { closedJournal } from "../report/journal-of.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "./run-folder.js";

const OUTCOMES = ["k1", "k2", "k3"].flatMap((key) => [
  migrated({ key }),
  alreadyEncrypted({ key: `${key}-old` }),
  failed({ key: `${key}-\u2028` }),
]);
const FILES = ["run.json", "summary.json", "report.html", "report.csv", "report.md", FIRST_SEGMENT, SECOND_SEGMENT];

let runDir: string;
beforeEach(async () => {
  runDir = await runFolder(closedJournal(OUTCOMES));
});
afterEach(() => rm(runDir, { recursive: true }));

const check = () => checkRun(runDir, { toolVersion: "0.1.0" });
const found = async () => (await check()).findings.map(({ kind, path }) => `${kind} ${path}`);

describe("checkRun", () => {
  it("finds nothing in an unmodified run folder", async () => {
    const manifest = await readFile(join(runDir, "manifest.json"));
    expect(await check()).toEqual({
      findings: [],
      skipped: [],
      checked: { files: 8, journalLines: 12 },
      seal: {
        manifestSha256: createHash("sha256").update(manifest).digest("hex"),
        signature: { kind: "unsigned" },
      },
    });
  });

  it("finds nothing after the folder was moved", async () => {
    await rename(runDir, `${runDir}-moved`);
    runDir = `${runDir}-moved`;
    expect(await found()).toEqual([]);
  });

  it.each(FILES)("finds a changed byte in %s", async (path) => {
    const file = join(runDir, path);
    const bytes = await readFile(file);
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8((bytes[middle] ?? 0) ^ 1, middle);
    await writeFile(file, bytes);
    expect(await found()).toContain(`file-changed ${path}`);
  });

  it.each(["report.html", "report.csv", "report.md"])("names only %s if only that was changed", async (path) => {
    await edit(runDir, path, (text) => `${text} `);
    expect(await found()).toEqual([`file-changed ${path}`]);
  });

  it.each(FILES)("finds that %s is missing", async (path) => {
    await rm(join(runDir, path));
    expect(await found()).toContain(`file-missing ${path}`);
  });

  it.each(["notes.txt", "journal/000003.ndjson", ".report.csv.part"])("finds %s as an extra file", async (path) => {
    await writeFile(join(runDir, path), "");
    expect(await found()).toEqual([`file-extra ${path}`]);
  });

  it("reports a file replaced by a link, and does not follow it", async () => {
    await rm(join(runDir, "report.md"));
    await symlink("/dev/zero", join(runDir, "report.md"));
    expect(await found()).toEqual(["file-missing report.md", "file-extra report.md"]);
  });
});

describe("checkRun on a journal", () => {
  it.each<[string, (lines: string[]) => string[]]>([
    ["removed", (lines) => lines.slice(1)],
    ["swapped with the next", ([first = "", second = "", ...rest]) => [second, first, ...rest]],
    ["appended", (lines) => [...lines, lines[0] ?? ""]],
    ["edited", (lines) => lines.map((line) => line.replace('"failed"', '"vanished"'))],
  ])("names the segment with a line %s", async (_, change) => {
    await editLines(runDir, FIRST_SEGMENT, change);
    const { findings, skipped } = await check();
    expect(findings).toContainEqual(expect.objectContaining({ kind: "file-changed", path: FIRST_SEGMENT }));
    expect(skipped.map((left) => left.check)).toEqual(["summary", "reports"]);
  });

  it("names a line that is no record", async () => {
    await editLines(runDir, SECOND_SEGMENT, ([first = "", , ...rest]) => [first, '{"kind":"outcome"', ...rest]);
    expect((await check()).findings).toContainEqual({
      kind: "line-invalid",
      path: SECOND_SEGMENT,
      line: 2,
      problem: "it is not JSON",
    });
  });

  it("names the first hundred invalid lines, and counts the rest", async () => {
    await editLines(runDir, FIRST_SEGMENT, (lines) => [...lines, ...Array<string>(1_000).fill("{}")]);
    const { findings } = await check();
    expect(findings.filter(({ kind }) => kind === "line-invalid")).toHaveLength(100);
    expect(findings).toContainEqual({ kind: "more-lines", path: "journal", count: 900 });
  });
});

describe("findingWords", () => {
  it("names the file first, and escapes control characters", () => {
    const words = findingWords({ kind: "file-extra", path: "\u001b[2Jreport.md" });
    expect(words).toBe("<U+001B>[2Jreport.md: not named by the manifest");
  });
});
