import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, plain, sealed } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { filesOf } from "./run-folder.js";

const FILES = [
  ...[
    "journal.leaves",
    "journal",
    "manifest.json",
    "ocsf.ndjson",
    "report.csv",
    "report.html",
    "report.md",
    "report.prom",
  ],
  ...["run.json", "summary.json"],
];
/** Of every file test/migrate/manifest/tampering.test.ts has all of it, without the command line. */
const SOME_FILES = ["journal/", "manifest.json", "report.csv", "run.json"];

describe("bucketseal verify", () => {
  let rehearsal: Rehearsal;
  let intact: string;
  let copies = 0;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    intact = join(rehearsal.folder, "run");
    await createBucket(rehearsal.client, "archive", [...plain(5), ...sealed(2)]);
    await rehearsal.cli("migrate", "s3://archive", ...rehearsal.place, "--out", intact);
  });
  afterAll(() => rehearsal.close());

  /** A copy of the run folder, and the path in it that a word of FILES stands for. */
  async function copyWith(word: string) {
    const runDir = join(rehearsal.folder, `copy-${copies++}`);
    await cp(intact, runDir, { recursive: true });
    const file = (await filesOf(runDir)).find((name) => name.startsWith(word));
    if (file === undefined) throw new Error(`the run folder has no ${word}`);
    return { runDir, file };
  }

  test("reports an intact run folder with exit code 0 and nothing on stderr", async () => {
    const ran = await rehearsal.cli("verify", intact);
    expect(ran).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^intact: .*\d+ files and \d+ journal/),
    });
  });

  test("knows every file that a run writes", async () => {
    expect((await filesOf(intact)).map((name) => name.split("/")[0])).toEqual(FILES);
  });

  test.for(SOME_FILES)(
    "exits with 1 and names the file if a byte of %s is changed or the file is missing",
    async (word) => {
      const changed = await copyWith(word);
      const bytes = await readFile(join(changed.runDir, changed.file));
      // Of the manifest its first byte: one of a hash would rightly be told of the file that it is the hash of.
      const at = word === "manifest.json" ? 0 : Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await writeFile(join(changed.runDir, changed.file), bytes);
      const missing = await copyWith(word);
      await rm(join(missing.runDir, missing.file));
      for (const ran of await Promise.all([
        rehearsal.cli("verify", changed.runDir),
        rehearsal.cli("verify", missing.runDir),
      ])) {
        expect(ran).toMatchObject({ code: 1, stdout: expect.stringMatching(/^not intact: /) });
        expect(ran.stderr).toContain(`error: ${changed.file}: `);
      }
    },
  );

  test("exits with 1 and names a file that the manifest does not name", async () => {
    const { runDir } = await copyWith("run.json");
    await writeFile(join(runDir, "notes.txt"), "added later");
    expect(await rehearsal.cli("verify", runDir)).toMatchObject({
      code: 1,
      stderr: "error: notes.txt: not named by the manifest\n",
    });
  });

  test("prints its findings as one JSON object with --json, and nothing on stderr", async () => {
    const { runDir, file } = await copyWith("report.md");
    await rm(join(runDir, file));
    const { code, stdout, stderr } = await rehearsal.cli("verify", runDir, "--json");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ kind: "verify", intact: false, findings: [{ path: "report.md" }] });
  });

  test("exits with 2 for a folder without a run, for a file, and for a missing folder", async () => {
    const other = join(rehearsal.folder, "other");
    await mkdir(other);
    await writeFile(join(other, "letter.txt"), "no run");
    for (const given of [other, join(other, "letter.txt"), join(other, "absent")]) {
      const ran = await rehearsal.cli("verify", given);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toMatch(/^error: "[^\n]*" is no run folder \([^\n]*\n$/);
    }
  });
});

describe("bucketseal report", () => {
  let rehearsal: Rehearsal;
  let runDir: string;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    runDir = join(rehearsal.folder, "run");
    await createBucket(rehearsal.client, "archive", plain(3));
    await rehearsal.cli("audit", "s3://archive", ...rehearsal.place, "--out", runDir);
  });
  afterAll(() => rehearsal.close());

  test("recreates deleted reports byte for byte, and the folder verifies", async () => {
    const names = ["report.html", "report.csv", "report.md", "summary.json", "manifest.json"];
    const read = () => Promise.all(names.map((name) => readFile(join(runDir, name), "utf8")));
    const before = await read();
    for (const name of names.slice(0, 3)) await rm(join(runDir, name));
    const ran = await rehearsal.cli("report", runDir);
    expect(ran).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(join(runDir, "report.csv")) });
    expect(await read()).toEqual(before);
    expect(await rehearsal.cli("verify", runDir)).toMatchObject({ code: 0 });
  });

  test("refuses an edited journal, and writes no report", async () => {
    const journal = (await filesOf(runDir)).find((name) => name.startsWith("journal")) ?? "";
    const text = await readFile(join(runDir, journal), "utf8");
    await writeFile(join(runDir, journal), text.replace('"none"', '"sse-s3"'));
    await rm(join(runDir, "report.md"));
    const ran = await rehearsal.cli("report", runDir);
    expect(ran.code).not.toBe(0);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toMatch(/^error: run folder "[^\n]*" was changed since it was written[^\n]*journal[^\n]*\n$/);
    expect(await filesOf(runDir)).not.toContain("report.md");
  });
});
