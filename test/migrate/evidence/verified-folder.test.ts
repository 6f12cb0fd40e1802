import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { TOOL_VERSION } from "../../../migrate/errors.js";
import { checkRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { openVerifiedFolder } from "../../../migrate/evidence/verified-folder.js";
import { writeManifest } from "../../../migrate/evidence/write-manifest.js";
import { audit, diffRuns, proveKey, rewriteReports } from "../../../migrate/index.js";
import { formatCount } from "../../../migrate/model/text.js";
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

/** Functions that open a run folder, and would read or write it. */
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
    { tags: ["slow"] },
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

test("a journal that is a link to another folder is neither read nor written", { tags: ["slow"] }, async () => {
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

test("a line over 1 MiB is refused by every reader, with its number and size", { tags: ["slow"] }, async () => {
  const line = JSON.stringify({ kind: "outcome", key: "x".repeat(2 ** 21) });
  for (const runDir of [intact, killed]) await appendFile(join(runDir, "journal/000002.ndjson"), `${line}\n`);
  const words = `line 3 is not a journal record: it has ${formatCount(line.length)} bytes, and no line of a journal has more than 1048576`;
  for (const runDir of [intact, killed]) expect(await verified(runDir)).toContain(`journal/000002.ndjson: ${words}`);
  for (const [what, open] of Object.entries(OPENS)) await expect(open(killed), what).rejects.toThrow(words);
});

test("an ordinary folder passes verify and report", async () => {
  expect(await verified(intact)).toBe("");
  await expect(OPENS.report?.(intact)).resolves.toBeDefined();
});

describe("writeManifest", () => {
  let runDir: string;
  beforeEach(async () => {
    runDir = await mkdtemp(join(tmpdir(), "manifest-"));
    await mkdir(join(runDir, "journal"));
    await writeFile(join(runDir, "run.json"), "run");
    await writeFile(join(runDir, "journal", "000001.ndjson"), "é\n");
  });
  afterEach(() => rm(runDir, { recursive: true }));

  const manifest = () => readFile(join(runDir, "manifest.json"), "utf8");

  it("lists every other file by path, size and SHA-256, sorted", async () => {
    await writeManifest(runDir);
    const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
    const leaf = createHash("sha256").update("\0é").digest();
    expect(JSON.parse(await manifest())).toEqual({
      schema: "bucketseal/manifest/1",
      files: [
        { path: "journal.leaves", bytes: 32, sha256: sha256(leaf) },
        { path: "journal/000001.ndjson", bytes: 3, sha256: sha256("é\n") },
        { path: "run.json", bytes: 3, sha256: sha256("run") },
      ],
      journal: {
        tree: "rfc6962-sha256",
        lines: 1,
        // The root of one leaf is its hash.
        root: leaf.toString("hex"),
        segments: [{ path: "journal/000001.ndjson", lines: 1 }],
      },
    });
    expect(await readFile(join(runDir, "journal.leaves"))).toEqual(leaf);
    expect((await readdir(runDir)).sort()).toEqual(["journal", "journal.leaves", "manifest.json", "run.json"]);
  });

  it("writes the same manifest twice, since it does not list itself", async () => {
    await writeManifest(runDir);
    const first = await manifest();
    await writeManifest(runDir);
    expect(await manifest()).toBe(first);
  });

  it("writes a different manifest if one byte of a file differs", async () => {
    await writeManifest(runDir);
    const first = await manifest();
    await writeFile(join(runDir, "run.json"), "ruN");
    await writeManifest(runDir);
    expect(await manifest()).not.toBe(first);
  });
});
