import { execFileSync } from "node:child_process";
import { appendFile, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { TOOL_VERSION } from "../../../migrate/errors.js";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { openVerifiedFolder } from "../../../migrate/evidence/verified-folder.js";
import { audit, diffRuns, proveKey, rewriteReports } from "../../../migrate/index.js";
import { newFolder } from "../../buckets/start-world.js";
import { aRun, closedJournal, failed, migrated } from "../fixtures/records.js";
import { FIRST_SEGMENT, runFolder } from "../fixtures/run-folder.js";

const OUTCOMES = closedJournal([migrated({ key: "a" }), failed({ key: "b" })]);
const UNENDED = { startedAt: "2026-01-01T00:00:00.000Z", endedAt: null, end: null, message: null };
const OF_THE_END = ["manifest.json", "journal.leaves", "summary.json", "report.html", "report.csv", "report.md"];

let intact: string;
let killed: string;
beforeEach(async () => {
  intact = await runFolder(OUTCOMES);
  killed = await runFolder(OUTCOMES, aRun({ command: "audit", sessions: [UNENDED] }));
  for (const name of OF_THE_END) await rm(join(killed, name));
});

/** What opens a run folder, and would read or write it. */
const OPENS: Readonly<Record<string, (runDir: string) => Promise<unknown>>> = {
  report: (runDir) => rewriteReports(runDir, ["csv"]),
  diff: (runDir) => diffRuns(intact, runDir),
  baseline: (runDir) => openVerifiedFolder(runDir, "--baseline"),
  resume: (runDir) => audit({ resume: true, out: runDir, endpoint: aRun().endpoint, region: aRun().region }),
};
const verified = async (runDir: string) => {
  const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
  return findings.map(findingWords).join("\n");
};

describe("pipe in a run folder", () => {
  test.for(["run.json", "manifest.json", "in-flight.ndjson", FIRST_SEGMENT, "notes"])(
    "is refused by name as %s",
    async (name) => {
      for (const runDir of [intact, killed]) {
        await rm(join(runDir, name), { force: true });
        execFileSync("mkfifo", [join(runDir, name)]);
        expect(await verified(runDir)).toContain(`${name}: it is a pipe, which a run never writes`);
      }
      for (const [what, open] of Object.entries(OPENS)) {
        await expect(open(killed), what).rejects.toThrow(/a pipe/);
      }
      expect((await proveKey(intact, { key: "c" })).kind).not.toBe("proof");
    },
  );

  test.for(["run.lock"])("is refused by report and resume as %s", async (name) => {
    execFileSync("mkfifo", [join(killed, name)]);
    for (const what of ["report", "resume"]) await expect(OPENS[what]?.(killed), what).rejects.toThrow(/a pipe/);
  });
});

test("a journal that is a link to another folder is neither read nor written", async () => {
  const elsewhere = join(await newFolder(), "elsewhere");
  await rename(join(killed, "journal"), elsewhere);
  await appendFile(join(elsewhere, "000002.ndjson"), '{"kind":"outc');
  await symlink(elsewhere, join(killed, "journal"));
  const names = await readdir(elsewhere);
  const before = await readFile(join(elsewhere, "000002.ndjson"), "utf8");
  expect(await verified(killed)).toContain("journal: it is a link");
  for (const [what, open] of Object.entries(OPENS)) await expect(open(killed), what).rejects.toThrow(/a link/);
  expect(await readdir(elsewhere)).toEqual(names);
  expect(await readFile(join(elsewhere, "000002.ndjson"), "utf8")).toBe(before);
});

test("a line over 1 MiB is refused by every reader, with its number and size", async () => {
  const line = JSON.stringify({ kind: "outcome", key: "x".repeat(2 ** 21) });
  for (const runDir of [intact, killed]) await appendFile(join(runDir, "journal/000002.ndjson"), `${line}\n`);
  const words = `line 3 is not a journal record: it has ${line.length} bytes, and no line of a journal has more than 1048576`;
  for (const runDir of [intact, killed]) expect(await verified(runDir)).toContain(`journal/000002.ndjson: ${words}`);
  for (const [what, open] of Object.entries(OPENS)) await expect(open(killed), what).rejects.toThrow(words);
});

test("an ordinary folder passes verify and report", async () => {
  expect(await verified(intact)).toBe("");
  await expect(OPENS.report?.(intact)).resolves.toBeDefined();
});
