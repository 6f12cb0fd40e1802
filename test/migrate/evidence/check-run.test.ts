import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TOOL_VERSION } from "../../../migrate/errors.js";
import { checkReports } from "../../../migrate/evidence/check-reports.js";
import { checkRun, digestOfRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { writeManifest } from "../../../migrate/evidence/write-manifest.js";
import { RunError, readJournal, rewriteReports, verdictOf } from "../../../migrate/index.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { hashFile } from "../../../migrate/journal/stage-files.js";
import { survey } from "../../../migrate/report/survey.js";
import { newFolder } from "../../buckets/start-world.js";
import {
  alreadyEncrypted,
  aRun,
  checkpoint,
  closedJournal,
  failed,
  migrated,
  outcomeRecord,
  seen,
  versionCheckpoint,
  versionRecord,
} from "../fixtures/records.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "../fixtures/run-folder.js";

describe("check of a killed run", () => {
  const NEVER_ENDED = { startedAt: "2026-01-01T00:00:00.000Z", endedAt: null, end: null, message: null };
  const OUTCOMES = ["k1", "k2", "k3"].flatMap((key) => [migrated({ key }), failed({ key: `${key}-failed` })]);
  const OF_THE_END = ["manifest.json", "journal.leaves", "summary.json", "report.html", "report.csv", "report.md"];

  let runDir: string;
  /** As `kill -9` leaves it, in the middle of a line. */
  beforeEach(async () => {
    runDir = await runFolder(OUTCOMES, aRun({ sessions: [NEVER_ENDED] }));
    for (const name of OF_THE_END) await rm(join(runDir, name));
    await appendFile(join(runDir, SECOND_SEGMENT), '{"kind":"outcome","bucket":"b","ke');
  });
  afterEach(() => rm(runDir, { recursive: true }));

  const words = async () => (await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings.map(findingWords);

  describe("run folder of a killed run", () => {
    it("is reported as not ended, with the command to resume, and not as changed", async () => {
      expect(await words()).toEqual([
        expect.stringMatching(
          /^run\.json: the run has not ended, or was killed: continue it with bucketseal migrate --resume/,
        ),
        expect.stringMatching(/000002\.ndjson: line 5 was cut off when the run was killed/),
      ]);
    });

    it("is still checked for other problems", async () => {
      await editLines(runDir, FIRST_SEGMENT, ([, ...others]) => ["no record", ...others]);
      expect(await words()).toContainEqual(expect.stringContaining("line 1 is not a journal record"));
      await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(RunError);
    });

    it("gets reports of the whole lines, marked as not ended", async () => {
      const { leftOut } = await rewriteReports(runDir, ["csv", "md"]);
      expect(leftOut.map(({ kind }) => kind)).toEqual(["run-not-ended", "line-cut-off"]);
      expect(await readFile(join(runDir, "report.md"), "utf8")).toContain("**Not ended: ");
      const keys: string[] = [];
      for await (const record of readJournal(runDir)) if (record.kind === "outcome") keys.push(record.key);
      expect(keys).toEqual(OUTCOMES.map(({ key }) => key));
      // Its totals add up once it has ended.
      expect((await words()).map((line) => line.split(":")[0])).toEqual(["run.json", SECOND_SEGMENT]);
      const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
      expect(verdictOf(findings)).toBe("stopped");
    });

    it("is refused if a line is cut elsewhere than at the end of the journal", async () => {
      await appendFile(join(runDir, FIRST_SEGMENT), '{"kind":"outcome","bucket":"b","ke');
      await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow("is not a journal record");
    });
  });
});

describe("check of a run", () => {
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
          timestamps: [],
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

    it("counts one byte in the singular", async () => {
      await writeFile(join(runDir, "report.md"), "x");
      const { findings } = await check();
      expect(findings).toContainEqual(
        expect.objectContaining({ path: "report.md", problem: expect.stringMatching(/^1 byte now, [\d,]+ there$/) }),
      );
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
      expect(words).toBe("<U+001B>[2Jreport.md: not listed in the manifest");
    });
  });
});

describe("check of a forged run", () => {
  // Here the manifest was written again after the change, so that every hash is right.
  let runDir: string;
  beforeEach(async () => {
    runDir = await runFolder(closedJournal([migrated(), alreadyEncrypted(), failed(), migrated()]));
  });
  afterEach(() => rm(runDir, { recursive: true }));

  async function found(toolVersion = "0.1.0"): Promise<string[]> {
    await writeManifest(runDir);
    return foundWith(toolVersion);
  }

  async function foundWith(toolVersion = "0.1.0"): Promise<string[]> {
    const { findings } = await checkRun(runDir, { toolVersion });
    return findings.map(({ kind, path }) => `${kind} ${path}`);
  }

  describe("checkRun on a forged run folder", () => {
    it("finds line hashes that do not match the journal", async () => {
      await writeManifest(runDir);
      const file = join(runDir, "journal.leaves");
      const leaves = await readFile(file);
      leaves.writeUInt8(leaves.readUInt8(40) ^ 1, 40);
      await writeFile(file, leaves);
      const sha256 = createHash("sha256").update(leaves).digest("hex");
      const named = /("path": "journal\.leaves",\s*"bytes": \d+,\s*"sha256": ")[0-9a-f]+/;
      await edit(runDir, "manifest.json", (text) => text.replace(named, `$1${sha256}`));
      expect(await foundWith()).toEqual(["leaves-differ journal.leaves"]);
    });

    it("accepts a manifest that was rewritten without a change", async () => {
      expect(await found()).toEqual([]);
    });

    it.each(["report.html", "report.csv", "report.md"])(
      "finds a forged %s by rendering it again from the journal",
      async (path) => {
        await edit(runDir, path, (text) => text.replace("failed", "passed"));
        expect(await found()).toEqual([`report-differs ${path}`]);
      },
    );

    it("renders a forged report.csv once, since it is the same in all languages", async () => {
      await edit(runDir, "report.csv", (text) => text.replace("failed", "passed"));
      let reads = 0;
      const records = () => {
        reads += 1;
        return readJournal(runDir);
      };
      const source = { run: aRun(), survey: await survey(readJournal(runDir), aRun().scopes), readJournal: records };
      expect(await checkReports(runDir, ["report.csv"], source)).toEqual([
        { kind: "report-differs", path: "report.csv" },
      ]);
      expect(reads).toBe(1);
    });

    it("finds a summary that does not match the journal", async () => {
      await edit(runDir, "summary.json", (text) => text.replace('"listed": 4', '"listed": 5'));
      await writeManifest(runDir);
      const { findings } = await checkRun(runDir, { toolVersion: "0.1.0" });
      expect(findings).toEqual([
        { kind: "summary-differs", path: "summary.json", problem: "total.listed is 5, but should be 4" },
      ]);
    });

    it("finds a failure removed from the journal by chain, totals, summary and reports", async () => {
      await editLines(runDir, FIRST_SEGMENT, (lines) => lines.filter((line) => !line.includes('"failed"')));
      expect((await found()).map((finding) => finding.split(" ")[0])).toEqual([
        ...["chain-broken", "totals-open", "summary-differs"],
        ...["report-differs", "report-differs", "report-differs"],
      ]);
    });

    it("finds reports that do not match run.json", async () => {
      await edit(runDir, "run.json", (text) => text.replace("s3.gra", "s3.sbg"));
      expect(await found()).toEqual(["report-differs report.html", "report-differs report.md"]);
    });

    it("skips reports of another version, and says so", async () => {
      await edit(runDir, "report.md", (text) => text.replace("failed", "passed"));
      await writeManifest(runDir);
      const { findings, skipped } = await checkRun(runDir, { toolVersion: "0.2.0" });
      expect(findings).toEqual([]);
      expect(skipped).toEqual([{ check: "reports", because: "they were made by bucketseal 0.1.0, and this is 0.2.0" }]);
    });
  });

  describe("checkRun on a manifest", () => {
    it("reports a missing manifest, and checks the rest", async () => {
      await unlink(join(runDir, "manifest.json"));
      await edit(runDir, "report.md", (text) => `${text} `);
      expect(await foundWith()).toEqual(["manifest-missing manifest.json", "report-differs report.md"]);
    });

    it.each([
      ["is no JSON", () => "{", "it is not JSON"],
      [
        "is of a version to come",
        (text: string) => text.replace("manifest/1", "manifest/2"),
        'schema: "bucketseal/manifest/2" is not known to this version, which reads "bucketseal/manifest/1": use the version of bucketseal that wrote it',
      ],
      ["names no schema", () => "{}", 'schema: it is missing, and should be "bucketseal/manifest/1"'],
      [
        "names a hash that is none",
        (text: string) => text.replace(/"sha256": "./, '"sha256": "x'),
        "files.0.sha256: give a SHA-256 as 64 hexadecimal digits",
      ],
      ["says more than a manifest", (text: string) => text.replace("{", '{"note": "",'), 'Unrecognized key: "note"'],
    ])("reports a manifest that %s", async (_, change, problem) => {
      await edit(runDir, "manifest.json", change);
      const { findings } = await checkRun(runDir, { toolVersion: "0.1.0" });
      expect(findings).toEqual([{ kind: "manifest-invalid", path: "manifest.json", problem }]);
    });

    it.each<[string, (text: string) => string]>([
      ["a blank more", (text) => `${text} `],
      ["no line breaks", (text) => JSON.stringify(JSON.parse(text))],
      ["another order", (text) => text.replace(/("path": .*,)\n(\s*"bytes": .*,)/, "$2\n$1")],
      ["a figure written otherwise", (text) => text.replace(/"lines": 7/, '"lines": 7.0')],
      ["a field twice", (text) => text.replace(/("tree": .*,)/, "$1 $1")],
    ])("reports a manifest with the same content but %s", async (_, change) => {
      const before = await readFile(join(runDir, "manifest.json"), "utf8");
      await edit(runDir, "manifest.json", change);
      expect(await readFile(join(runDir, "manifest.json"), "utf8")).not.toBe(before);
      expect(await foundWith()).toEqual(["manifest-rewritten manifest.json"]);
    });

    it.each<[string, (text: string) => string, string]>([
      ["number of lines", (text) => text.replace('"lines": 7', '"lines": 8'), "journal.lines is 8, but should be 7"],
      ["root", (text) => text.replace(/("root": ").{4}/, "$10000"), expect.stringContaining("journal.root is")],
      [
        "number of lines of a segment",
        (text) => text.replace('"lines": 4', '"lines": 5'),
        "journal.segments.0.lines is 5, but should be 4",
      ],
    ])("reports a manifest with another %s than the journal", async (_, change, problem) => {
      await edit(runDir, "manifest.json", change);
      const { findings } = await checkRun(runDir, { toolVersion: "0.1.0" });
      expect(findings).toEqual([{ kind: "tree-differs", path: "manifest.json", problem }]);
    });

    it("reports a link as a missing manifest, and does not follow it", async () => {
      await unlink(join(runDir, "manifest.json"));
      await symlink("/dev/zero", join(runDir, "manifest.json"));
      expect(await foundWith()).toEqual(["manifest-missing manifest.json", "file-extra manifest.json"]);
    });

    it("does not read a file outside the run folder that the manifest names", async () => {
      await edit(runDir, "manifest.json", (text) => text.replace("report.md", "../../../../../../dev/zero"));
      expect(await foundWith()).toContain("file-missing ../../../../../../dev/zero");
    });
  });

  describe("checkRun on run.json", () => {
    it.each([
      ["is no JSON", () => "{"],
      ["lacks a field", (text: string) => text.replace('"endpoint"', '"end_point"')],
    ])("reports that it %s, and skips the checks that depend on it", async (_, change) => {
      await edit(runDir, "run.json", change);
      await writeManifest(runDir);
      const { findings, skipped } = await checkRun(runDir, { toolVersion: "0.1.0" });
      expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["file-invalid run.json"]);
      expect(skipped.map(({ check }) => check)).toEqual(["summary", "reports"]);
    });
  });

  describe("checkRun on a journal line", () => {
    it.each([
      ["says migrated without a state after", migrated({ after: null })],
      ["says migrated though the state after is none", migrated({ after: seen({ state: "none" }) })],
      ["says already encrypted though the state before is none", alreadyEncrypted({ before: seen() })],
      ["claims a state on no evidence", alreadyEncrypted({ before: seen({ state: "sse-s3", evidence: null }) })],
    ])("reports a contradiction if it %s", async (_, record) => {
      await rm(runDir, { recursive: true });
      runDir = await runFolder(closedJournal([record]));
      expect(await foundWith()).toEqual([`line-contradicts-itself ${FIRST_SEGMENT}`]);
    });

    it("reports a line of another bucket as out of scope, and open totals", async () => {
      await rm(runDir, { recursive: true });
      runDir = await runFolder(closedJournal([outcomeRecord({ bucket: "other" })]));
      expect(await foundWith()).toEqual([`line-out-of-scope ${FIRST_SEGMENT}`, "totals-open summary.json"]);
    });
  });

  describe("checkRun on totals that do not add up", () => {
    it("reports them, even if no file was changed", async () => {
      await rm(runDir, { recursive: true });
      runDir = await runFolder([migrated(), checkpoint({ listed: 2, end: true })]);
      const { findings } = await checkRun(runDir, { toolVersion: "0.1.0" });
      expect(findings).toEqual([
        {
          kind: "totals-open",
          path: "summary.json",
          problem: expect.stringContaining("1 object listed without an outcome"),
        },
      ]);
    });
  });
});

describe("checkRun on a run folder of the first layout", () => {
  const FIRST = aRun({ tool: { name: "bucketseal", version: "0.1.0", node: "20.19.0" } });
  const COPY = migrated({ before: seen({ versionId: "v1" }), after: seen({ state: "sse-s3", versionId: "v2" }) });
  const RECORDS = [...closedJournal([COPY]), versionRecord(), versionCheckpoint({ listed: 1, end: true })];
  const MADE = /,\s*"made": \{[^}]*\}/g;

  let runDir: string;
  /** As that layout has it: without the plaintext beneath the copies in summary.json, and with other words in the reports. */
  async function folderOf(run: RunRecord): Promise<void> {
    runDir = await runFolder(RECORDS, run);
    expect((await readFile(join(runDir, "summary.json"), "utf8")).match(MADE)).toHaveLength(2);
    await edit(runDir, "summary.json", (text) => text.replace(MADE, ""));
    await edit(runDir, "report.md", (text) => `${text}\n`);
    await writeManifest(runDir);
  }
  afterEach(() => rm(runDir, { recursive: true }));

  it("finds nothing, and says that the reports were not checked", async () => {
    await folderOf(FIRST);
    const { findings, skipped } = await checkRun(runDir, { toolVersion: "0.1.0" });
    expect(findings).toEqual([]);
    expect(skipped).toEqual([{ check: "reports", because: "they were made by another build of bucketseal 0.1.0" }]);
  });

  it("finds nothing after its reports were made again", async () => {
    await folderOf(FIRST);
    await rewriteReports(runDir, ["html", "csv", "md"]);
    expect(await readFile(join(runDir, "summary.json"), "utf8")).toMatch(MADE);
    expect((await checkRun(runDir, { toolVersion: "0.1.0" })).findings).toEqual([]);
  });

  it("still finds a changed total", async () => {
    await folderOf(FIRST);
    await edit(runDir, "summary.json", (text) => text.replace('"listed": 1', '"listed": 2'));
    await writeManifest(runDir);
    expect((await checkRun(runDir, { toolVersion: "0.1.0" })).findings).toEqual([
      { kind: "summary-differs", path: "summary.json", problem: "total.listed is 2, but should be 1" },
    ]);
  });

  it("finds the same summary changed in a folder of today's layout", async () => {
    await folderOf(aRun());
    const { findings } = await checkRun(runDir, { toolVersion: "0.1.0" });
    expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "summary-differs summary.json",
      "report-differs report.md",
    ]);
  });
});

it("digestOfRun equals sha256sum of the journal and run.json, independent of reports", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "journal"));
  const paths = ["report.md", "run.json", "journal/000002.ndjson", "journal/000001.ndjson"];
  for (const path of paths) await writeFile(join(folder, path), `content of ${path}`);
  const entries = await Promise.all(paths.map(async (path) => ({ path, ...(await hashFile(join(folder, path))) })));
  const command = "sha256sum journal/*.ndjson run.json | sha256sum";
  const printed = execFileSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" }).split(" ")[0];
  expect(digestOfRun(entries)).toBe(printed);
  expect(digestOfRun(entries.slice(1))).toBe(printed);
  expect(digestOfRun(entries.slice(2))).not.toBe(printed);
});
