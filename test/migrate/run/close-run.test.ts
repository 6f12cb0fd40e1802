import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TOOL_VERSION, WriteError } from "../../../migrate/errors.js";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { verdictOf } from "../../../migrate/index.js";
import { stageFile } from "../../../migrate/journal/folder-files.js";
import { closeRun } from "../../../migrate/run/close-run.js";
import { runFolder } from "../manifest/run-folder.js";
import { aRun, failed, migrated } from "../report/a-run.js";
import { closedJournal } from "../report/journal-of.js";

const UNENDED = { startedAt: "2026-01-01T00:00:00.000Z", endedAt: null, end: null, message: null };
const ENDED = { ...UNENDED, endedAt: "2026-01-01T00:01:00.000Z", end: "complete" as const };
const WRITTEN = ["summary.json", "report.csv", "report.md", "run.json", "journal.leaves", "manifest.json"];

async function contents(runDir: string): Promise<Record<string, string>> {
  const entries = await readdir(runDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(path, "latin1")])));
}

async function unended(): Promise<string> {
  const runDir = await runFolder(closedJournal([migrated(), failed()]), aRun({ sessions: [UNENDED] }));
  for (const name of await readdir(runDir)) if (!["run.json", "journal"].includes(name)) await rm(join(runDir, name));
  return runDir;
}

describe("closeRun on a full disk", () => {
  test.for(WRITTEN)(
    "leaves the folder unchanged and resumable if it fails at %s, and completes it later",
    async (full) => {
      const runDir = await unended();
      const before = await contents(runDir);
      const run = aRun({ sessions: [ENDED] });
      const stage: typeof stageFile = (path, chunks) =>
        path.endsWith(full) ? Promise.reject(new WriteError(path, "ENOSPC", null)) : stageFile(path, chunks);
      await expect(closeRun(runDir, run, ["csv", "md"], null, stage)).rejects.toThrow(
        `${full}" cannot be written (ENOSPC)`,
      );
      expect(await contents(runDir)).toEqual(before);
      const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
      expect([verdictOf(findings), findings.map(findingWords).join()]).toEqual([
        "stopped",
        expect.stringContaining("migrate --resume --out"),
      ]);
      await closeRun(runDir, run, ["csv", "md"]);
      expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
    },
  );

  test("keeps the earlier reports and their manifest when reports are regenerated", async () => {
    const runDir = await runFolder(closedJournal([migrated(), failed()]));
    const before = await contents(runDir);
    const stage: typeof stageFile = (path, chunks) =>
      path.endsWith("manifest.json") ? Promise.reject(new WriteError(path, "ENOSPC", null)) : stageFile(path, chunks);
    await expect(closeRun(runDir, aRun(), ["csv", "ocsf"], null, stage)).rejects.toThrow(WriteError);
    expect(await contents(runDir)).toEqual(before);
  });
});

describe("checkRun of a stopped run", () => {
  test.for(["interrupted", "aborted"] as const)(
    "reports %s as stopped, whatever the totals, and still finds changes",
    async (end) => {
      const runDir = await runFolder([migrated()], aRun({ sessions: [{ ...ENDED, end }] }));
      const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
      expect(findings).toEqual([{ kind: "run-stopped", path: "run.json", command: "migrate", end }]);
      expect(findingWords(findings[0] as never)).toMatch(
        /go on with it by bucketseal migrate --resume --out .* --endpoint/,
      );
      await rm(join(runDir, "report.csv"));
      expect(verdictOf((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings)).toBe("not-intact");
    },
  );
});
