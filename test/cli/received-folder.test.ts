import { appendFile, cp, lstat, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, plain } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

const MIB = 1024 * 1024;

/** Somebody else packed the folder: nothing in it is what it should be, and whoever opens it must not be led anywhere. */
describe("a run folder from an untrusted source", () => {
  let rehearsal: Rehearsal;
  let ended: string;
  let killed: string;
  let victim: string;
  let copies = 0;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    const { client, folder, place, cli } = rehearsal;
    await createBucket(client, "archive", plain(3));
    [ended, killed, victim] = [join(folder, "ended"), join(folder, "killed"), join(folder, "victim.txt")];
    await cli("audit", "s3://archive", ...place, "--out", ended);
    await cp(ended, killed, { recursive: true });
    const run = JSON.parse(await readFile(join(killed, "run.json"), "utf8"));
    Object.assign(run.sessions[0], { endedAt: null, end: null });
    await writeFile(join(killed, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
    const ofTheEnd = (await readdir(killed)).filter((name) => !["run.json", "journal"].includes(name));
    for (const name of ofTheEnd) await rm(join(killed, name));
    await writeFile(victim, "of the receiver");
  });
  afterAll(() => rehearsal.close());

  async function copyOf(folder: string, change: (copy: string) => unknown): Promise<string> {
    const copy = join(rehearsal.folder, `copy-${copies++}`);
    await cp(folder, copy, { recursive: true });
    await change(copy);
    return copy;
  }
  test("does not make report follow planted symlinks", async () => {
    const runDir = await copyOf(killed, async (copy) => {
      for (const name of ["report.csv", "summary.json", "report.csv.part", "run.json.part"]) {
        await symlink(victim, join(copy, name));
      }
    });
    const refused = await rehearsal.cli("report", runDir);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("report.csv.part: it is a link, which a run never writes");
    for (const name of ["report.csv.part", "run.json.part"]) await rm(join(runDir, name));
    expect(await rehearsal.cli("report", runDir)).toMatchObject({ code: 0 });
    expect(await readFile(victim, "utf8")).toBe("of the receiver");
    expect((await lstat(join(runDir, "report.csv"))).isFile()).toBe(true);
  });

  test("fails verify if a journal line has 40 MB", async () => {
    const runDir = await copyOf(ended, (copy) =>
      appendFile(join(copy, "journal/000001.ndjson"), `{"kind":"outcome","key":"${"x".repeat(40 * MIB)}"}\n`),
    );
    const { code, stderr } = await rehearsal.cli("verify", runDir);
    expect(code).toBe(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(
      /journal\/000001\.ndjson: line \d+ is no journal record: it holds 419430\d\d bytes, and no line of a journal has more than 1048576/,
    );
  });

  test("is created accessible to its owner only", async () => {
    expect((await stat(ended)).mode & 0o777).toBe(0o700);
    const entries = await readdir(ended, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect([entry.name, mode & 0o777]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
    }
  });
});
