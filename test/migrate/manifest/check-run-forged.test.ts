import { rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRun } from "../../../migrate/manifest/check-run.js";
import { writeManifest } from "../../../migrate/manifest/write-manifest.js";
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

describe("a forged run folder", () => {
  it("whose manifest was written again without a change is intact", async () => {
    expect(await found()).toEqual([]);
  });

  it.each(["report.html", "report.csv", "report.md"])(
    "is given away by %s, made again from the journal",
    async (path) => {
      await edit(runDir, path, (text) => text.replace("failed", "passed"));
      expect(await found()).toEqual([`report-differs ${path}`]);
    },
  );

  it("is given away by a summary that the journal does not add up to", async () => {
    await edit(runDir, "summary.json", (text) => text.replace('"listed": 4', '"listed": 5'));
    await writeManifest(runDir);
    const { findings } = await checkRun(runDir, { toolVersion: "0.1.0" });
    expect(findings).toEqual([
      { kind: "summary-differs", path: "summary.json", problem: "total.listed is 5, but should be 4" },
    ]);
  });

  it("is given away by a journal that lost a failure: summary, reports and the sum", async () => {
    await editLines(runDir, FIRST_SEGMENT, (lines) => lines.filter((line) => !line.includes('"failed"')));
    const expected = ["totals-open", "summary-differs", "report-differs", "report-differs", "report-differs"];
    expect((await found()).map((finding) => finding.split(" ")[0])).toEqual(expected);
  });

  it("is given away by reports that tell of another run.json", async () => {
    await edit(runDir, "run.json", (text) => text.replace("s3.gra", "s3.sbg"));
    expect(await found()).toEqual(["report-differs report.html", "report-differs report.md"]);
  });

  it("made by another version has its reports left out of the check, and says so", async () => {
    await edit(runDir, "report.md", (text) => text.replace("failed", "passed"));
    await writeManifest(runDir);
    const { findings, skipped } = await checkRun(runDir, { toolVersion: "0.2.0" });
    expect(findings).toEqual([]);
    expect(skipped).toEqual([{ check: "reports", because: "they were made by bucketseal 0.1.0, and this is 0.2.0" }]);
  });
});

describe("a manifest", () => {
  it("that is missing is a finding, and the rest is checked all the same", async () => {
    await unlink(join(runDir, "manifest.json"));
    await edit(runDir, "report.md", (text) => `${text} `);
    expect(await foundWith()).toEqual(["manifest-missing manifest.json", "report-differs report.md"]);
  });

  it.each([
    ["is no JSON", "{"],
    ["is of another schema", '{"schema":"other","files":[]}'],
    ["names a hash that is none", '{"schema":"bucketseal/manifest/1","files":[{"path":"a","bytes":1,"sha256":"x"}]}'],
  ])("that %s is a finding", async (_, text) => {
    await writeFile(join(runDir, "manifest.json"), text);
    expect(await foundWith()).toEqual(["manifest-invalid manifest.json"]);
  });

  it("that names a file outside of the run folder does not have it read", async () => {
    const sha256 = "0".repeat(64);
    const files = [{ path: "../../../../../../dev/zero", bytes: 1, sha256 }];
    await writeFile(join(runDir, "manifest.json"), JSON.stringify({ schema: "bucketseal/manifest/1", files }));
    expect(await foundWith()).toContain("file-missing ../../../../../../dev/zero");
  });
});

describe("run.json", () => {
  it.each([
    ["is no JSON", () => "{"],
    ["lacks a field", (text: string) => text.replace('"endpoint"', '"end_point"')],
  ])("that %s is a finding, and what hangs on it is left out", async (_, change) => {
    await edit(runDir, "run.json", change);
    await writeManifest(runDir);
    const { findings, skipped } = await checkRun(runDir, { toolVersion: "0.1.0" });
    expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["file-invalid run.json"]);
    expect(skipped.map(({ check }) => check)).toEqual(["summary", "reports"]);
  });
});

describe("a journal line", () => {
  it.each([
    ["says migrated without a state after", migrated({ after: null })],
    ["says migrated though the state after is none", migrated({ after: seen({ state: "none" }) })],
    ["says already encrypted though the state before is none", alreadyEncrypted({ before: seen() })],
    ["claims a state on no evidence", alreadyEncrypted({ before: seen({ state: "sse-s3", evidence: null }) })],
  ])("contradicts itself when it %s", async (_, record) => {
    await rm(runDir, { recursive: true });
    runDir = await runFolder(closedJournal([record]));
    expect(await foundWith()).toEqual([`line-contradicts-itself ${FIRST_SEGMENT}`]);
  });

  it("that speaks of another bucket is outside the scope, and opens the sum", async () => {
    await rm(runDir, { recursive: true });
    runDir = await runFolder(closedJournal([outcomeRecord({ bucket: "other" })]));
    expect(await foundWith()).toEqual([`line-out-of-scope ${FIRST_SEGMENT}`, "totals-open summary.json"]);
  });
});

describe("totals that do not close", () => {
  it("are refused, though every file is as the run left it", async () => {
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
