import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TOOL_VERSION } from "../../../migrate/errors.js";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { RunError, readJournal, rewriteReports, verdictOf } from "../../../migrate/index.js";
import { aRun, failed, migrated } from "../report/a-run.js";
import { editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "./run-folder.js";

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
        /^run\.json: the run has not ended, or was killed: go on with it by bucketseal migrate --resume/,
      ),
      expect.stringMatching(/000002\.ndjson: line 5 was cut off when the run was killed/),
    ]);
  });

  it("is still checked for other problems", async () => {
    await editLines(runDir, FIRST_SEGMENT, ([, ...others]) => ["no record", ...others]);
    expect(await words()).toContainEqual(expect.stringContaining("line 1 is no journal record"));
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(RunError);
  });

  it("gets reports of the whole lines, marked as not ended", async () => {
    const { leftOut } = await rewriteReports(runDir, ["csv", "md"]);
    expect(leftOut.map(({ kind }) => kind)).toEqual(["run-not-ended", "line-cut-off"]);
    expect(await readFile(join(runDir, "report.md"), "utf8")).toContain("**Not ended: ");
    const keys: string[] = [];
    for await (const record of readJournal(runDir)) if (record.kind === "outcome") keys.push(record.key);
    expect(keys).toEqual(OUTCOMES.map(({ key }) => key));
    // Its totals close once it has ended.
    expect((await words()).map((line) => line.split(":")[0])).toEqual(["run.json", SECOND_SEGMENT]);
    const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
    expect(verdictOf(findings)).toBe("stopped");
  });

  it("is refused if a line is cut elsewhere than at the end of the journal", async () => {
    await appendFile(join(runDir, FIRST_SEGMENT), '{"kind":"outcome","bucket":"b","ke');
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow("is no journal record");
  });
});
