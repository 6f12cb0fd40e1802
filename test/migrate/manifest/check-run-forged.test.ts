import { createHash } from "node:crypto";
import { readFile, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { writeManifest } from "../../../migrate/evidence/write-manifest.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";
import { alreadyEncrypted, failed, migrated, seen } from "../report/a-run.js";
import { closedJournal } from "../report/journal-of.js";
import { edit, editLines, FIRST_SEGMENT, runFolder } from "./run-folder.js";

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
