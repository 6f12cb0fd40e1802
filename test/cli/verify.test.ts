import { appendFile, cp, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, openRehearsal, plain, type Rehearsal, sealed } from "./rehearsal.js";
import { filesOf } from "./run-cli.js";

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
/** Of every file test/migrate/evidence/tampering.test.ts has all of it, without the command line. */
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
      stderr: "error: notes.txt: not listed in the manifest\n",
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
      expect(ran.stderr).toMatch(/^error: "[^\n]*" is not a run folder \([^\n]*\n$/);
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

/** Of the minute before, so that two writes fall into one second. */
const TIME = new Date(Date.now() - 60_000);

describe("bucketseal verify --live", () => {
  let rehearsal: Rehearsal;
  let runDir: string;
  let clock = () => TIME;
  const live = () => ["--live", "--endpoint", rehearsal.sandbox.endpoint];
  beforeAll(async () => {
    rehearsal = await openRehearsal({ clock: () => clock() });
    runDir = join(rehearsal.folder, "run");
    await createBucket(rehearsal.client, "held", sealed(30));
    await rehearsal.cli("audit", "s3://held", ...rehearsal.place, "--out", runDir);
  });
  afterAll(() => rehearsal.close());

  test("confirms the report from a sample at the given endpoint, and writes nothing", async () => {
    rehearsal.sandbox.resetCalls();
    const { code, stdout, stderr } = await rehearsal.cli(
      "verify",
      runDir,
      ...["--live", "--endpoint", rehearsal.sandbox.endpoint],
      ...["--sample", "10", "--seed", "4", "--count-new"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^intact: /);
    expect(stdout).toContain("not contradicted: 10 of 30 lines looked up, drawn by seed 4, at http://127.0.0.1:");
    expect(stdout).toMatch(
      / 10 {2}as the report says\n +0 {2}objects in the bucket that the report does not contain\n$/,
    );
    expect(rehearsal.writes()).toBe(0);
    expect(rehearsal.sandbox.calls.HeadObject).toBe(10);
  });

  test("exits with 1 for contradictions, and lists later changes as changed or gone", async () => {
    const { client, cli } = rehearsal;
    clock = () => new Date();
    await client.send(new DeleteObjectCommand({ Bucket: "held", Key: "sealed/0000" }));
    await client.send(new PutObjectCommand({ Bucket: "held", Key: "sealed/0001", Body: "other" }));
    const changed = await cli("verify", runDir, ...live(), "--json");
    const lines = changed.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    // What was written since is plaintext.
    expect(changed.code).toBe(1);
    expect(
      lines
        .slice(0, -1)
        .map(({ key, result }) => [key, result])
        .toSorted(),
    ).toEqual([
      ["sealed/0000", "gone"],
      ["sealed/0001", "changed"],
    ]);
    expect(lines.at(-1)).toMatchObject({
      kind: "verify",
      intact: true,
      live: { lines: 30, unencrypted: 1, results: { same: 28, changed: 1, gone: 1 } },
    });
    clock = () => TIME;
    await client.send(new PutObjectCommand({ Bucket: "held", Key: "sealed/0002", Body: "plaintext sealed/2" }));
    const sealedAgain = { Bucket: "held", Key: "sealed/0001", ServerSideEncryption: "AES256" } as const;
    clock = () => new Date();
    await client.send(new PutObjectCommand({ ...sealedAgain, Body: "other" }));
    const contradicted = await cli("verify", runDir, ...live());
    expect(contradicted.code).toBe(1);
    expect(contradicted.stdout).toContain("contradicted: 30 of 30 lines looked up at");
    expect(contradicted.stderr).toMatch(
      /^error: s3:\/\/held\/sealed\/0002 \(journal\/000001\.ndjson line \d+\): contradicts the report: encryption was sse-s3, and is none\n$/,
    );
  });

  test("exits with 2 for wrong usage, with 3 for rejected credentials, and with 1 for an edited folder", async () => {
    const { cli, as, sandbox } = rehearsal;
    const stranger = { ...sandbox.credentials, secretAccessKey: "another-secret-than-that" };
    const [alone, both, refused] = await Promise.all([
      cli("verify", runDir, "--sample", "10"),
      cli("verify", runDir, "--live", "--prove", "sealed/0003"),
      as(stranger, "verify", runDir, ...live()),
    ]);
    expect(alone).toMatchObject({
      code: 2,
      stderr: "error: --sample applies only to --live: add --live, or leave it out\n",
    });
    expect(both).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--live compares the report with the bucket"),
    });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("does not accept the credentials") });
    await appendFile(join(runDir, "run.json"), " ");
    const changed = await cli("verify", runDir, ...live());
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringContaining("not compared with the bucket") });
  });
});

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
      /journal\/000001\.ndjson: line \d+ is not a journal record: it has 419430\d\d bytes, and no line of a journal has more than 1048576/,
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

describe("bucketseal report --format", () => {
  let rehearsal: Rehearsal;
  let run: string;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    run = join(rehearsal.folder, "run");
    await createBucket(rehearsal.client, "reported", plain(3));
    await rehearsal.cli("audit", "s3://reported", ...rehearsal.place, "--out", run, "--format", "md");
  });
  afterAll(() => rehearsal.close());

  test("writes formats that the run did not, including OCSF of every object, and the folder verifies", async () => {
    expect(await filesOf(run)).not.toContain("ocsf-all.ndjson");
    const formats = ["--format", "ocsf,inventory,prometheus", "--ocsf", "all"];
    const ran = await rehearsal.cli("report", run, ...formats);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const files = ["ocsf-all.ndjson", "inventory.csv", "inventory-manifest.json", "report.prom"];
    expect(ran.stdout.split("\n").filter((line) => line.startsWith(run))).toEqual(files.map((file) => join(run, file)));
    const lines = (await readFile(join(run, "ocsf-all.ndjson"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(4 + 3);
    expect((await readFile(join(run, "inventory.csv"), "utf8")).match(/"NOT-SSE"\n/g)).toHaveLength(3);
    expect(await rehearsal.cli("verify", run)).toMatchObject({ code: 0, stderr: "" });
  });

  test("rejects unknown formats, and reports all problems together", async () => {
    const { code, stderr } = await rehearsal.cli("report", run, "--format", "pdf,orc", "--ocsf", "some");
    expect(code).toBe(2);
    expect(stderr.match(/^error: --(format|ocsf): "(pdf|orc|some)" is not allowed/gm)).toHaveLength(3);
  });
});
