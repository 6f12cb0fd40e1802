import { createHash } from "node:crypto";
import { appendFile, cp, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ed25519 } from "../migrate/fixtures/signing-keys.js";
import { jsonLineProblems } from "../schema/published-schemas.js";
import { afterStore, createBucket, openRehearsal, plain, type Rehearsal, sealed } from "./rehearsal.js";
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
/** Every change of every file is in test/migrate/evidence/tampering.test.ts, without the command line. */
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
    expect(ran.stdout).toMatch(/\nnext {6}bucketseal sign \S+ --key sign\.pem\n$/);
  });

  test("knows every file that a run writes", async () => {
    expect((await filesOf(intact)).map((name) => name.split("/")[0])).toEqual(FILES);
  });

  test.for(SOME_FILES)(
    "exits with 1 and names the file if a byte of %s is changed or the file is missing",
    async (word) => {
      const changed = await copyWith(word);
      const bytes = await readFile(join(changed.runDir, changed.file));
      // In the manifest its first byte: a byte of a hash would rightly be reported for the file of that hash.
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

/** Dated in the minute before, so that two writes fall into one second. */
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
    expect({ code, said: afterStore(stderr) }).toEqual({ code: 0, said: "" });
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
    // The objects that were written since are plaintext.
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
    expect(afterStore(contradicted.stderr)).toMatch(
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

/** Somebody else packed the folder: nothing in it is as it should be, and it must not lead its reader outside. */
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

  test("fails verify if a journal line has 40 MB", { tags: "slow" }, async () => {
    const runDir = await copyOf(ended, (copy) =>
      appendFile(join(copy, "journal/000001.ndjson"), `{"kind":"outcome","key":"${"x".repeat(40 * MIB)}"}\n`),
    );
    const { code, stderr } = await rehearsal.cli("verify", runDir);
    expect(code).toBe(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(
      /journal\/000001\.ndjson: line \d+ is not a journal record: it has 41,943,0\d\d bytes, and no line of a journal has more than 1048576/,
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

describe("--json", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    await createBucket(rehearsal.client, "lines", [...plain(2), ...sealed(1)]);
  });
  afterAll(() => rehearsal.close());

  test("prints only lines of the published schema, for each command that has it", { tags: "slow" }, async () => {
    const { cli, folder, place } = rehearsal;
    const [before, after] = [join(folder, "before"), join(folder, "after")];
    const key = join(folder, "sign.pem");
    await writeFile(key, ed25519().privatePem, { mode: 0o600 });
    const outputs = join(folder, "outputs.json");
    const at = { endpoint: "https://s3.gra.io.cloud.ovh.net", region: "gra", provider: "ovhcloud" };
    const value = { bucketseal: 1, bucket: "lines", ...at };
    await writeFile(outputs, JSON.stringify({ bucketseal_lines: { sensitive: false, type: ["object", {}], value } }));
    const runs = ["--json", "--quiet", "--format", "md", ...place];
    const given = [
      ["audit", "s3://lines", ...runs, "--out", before, "--fail-on", "unencrypted"],
      ["audit", "s3://lines", ...runs, "--out", join(folder, "again"), "--baseline", before],
      ["migrate", "s3://lines", ...runs, "--out", after],
      ["audit", "s3://lines", "s3://absent", ...runs, "--out", join(folder, "partly")],
      ["verify", after, "--json", "--live", ...place],
      ["verify", before, "--json", "--live", ...place],
      ["verify", after, "--json", "--prove", "plain-0"],
      ["diff", before, after, "--json"],
      ["sign", after, "--key", key, "--json"],
      ["probe", "s3://lines", ...place, "--json"],
      ["targets", outputs, "--json"],
    ];
    const kinds = new Set<string>();
    for (const args of given) {
      const { stdout, stderr } = await cli(...args);
      expect([args[0], stderr.includes("error: ") ? stderr : "", jsonLineProblems(stdout)]).toEqual([args[0], "", []]);
      for (const line of stdout.trim().split("\n")) kinds.add(JSON.parse(line).kind);
    }
    expect([...kinds].sort()).toEqual(
      ["bucket", "diff", "difference", "finding", "live-line", "outcome", "probe", "probed", "prove", "sign"].concat([
        ...["summary", "target", "unseen", "verify"],
      ]),
    );
  });

  test("has a schema that refuses an unknown kind, and a line without what it must have", { tags: ["slow"] }, () => {
    expect(jsonLineProblems('{"kind":"surprise"}\n')).toHaveLength(1);
    expect(jsonLineProblems('{"kind":"sign","runDir":"run","result":"perhaps"}\n')).toHaveLength(1);
    expect(jsonLineProblems('{"kind":"sign","runDir":"run","result":"signed"}\n')).toEqual([]);
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
    expect(lines).toHaveLength(1 + 1 + 3);
    expect((await readFile(join(run, "inventory.csv"), "utf8")).match(/"NOT-SSE"\n/g)).toHaveLength(3);
    expect(await rehearsal.cli("verify", run)).toMatchObject({ code: 0, stderr: "" });
  });

  test("writes JUnit, SARIF and compressed OCSF, and finds a compressed report of other contents", async () => {
    const ran = await rehearsal.cli("report", run, "--format", "junit,sarif,ocsf", "--ocsf", "all.gz");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(join(run, "junit.xml"), "utf8")).toMatch(/<testsuite name="reported"[^>]* failures="0"/);
    const { runs } = JSON.parse(await readFile(join(run, "report.sarif"), "utf8"));
    expect(runs[0].results).toMatchObject([{ ruleId: "bucket-default-encryption" }, { occurrenceCount: 3 }]);
    const packed = join(run, "ocsf-all.ndjson.gz");
    const text = gunzipSync(await readFile(packed)).toString();
    expect(text.trimEnd().split("\n")).toHaveLength(1 + 1 + 3);
    expect(await rehearsal.cli("verify", run)).toMatchObject({ code: 0, stderr: "" });

    // Other bytes of the same text are the same report; another text, or none, is not.
    await putWithManifest(packed, gzipSync(text, { level: 1 }));
    expect(await rehearsal.cli("verify", run)).toMatchObject({ code: 0, stderr: "" });
    for (const bytes of [gzipSync(text.replace('"Fail"', '"Pass"')), Buffer.from("no gzip")]) {
      await putWithManifest(packed, bytes);
      const { code, stderr } = await rehearsal.cli("verify", run);
      expect([code, stderr]).toEqual([1, "error: ocsf-all.ndjson.gz: differs from what the journal produces\n"]);
    }
  });

  /** Replaces a report, and its entry in the manifest. */
  async function putWithManifest(path: string, bytes: Buffer): Promise<void> {
    await writeFile(path, bytes);
    const manifest = JSON.parse(await readFile(join(run, "manifest.json"), "utf8"));
    const entry = manifest.files.find((file: { path: string }) => file.path === basename(path));
    Object.assign(entry, { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
    await writeFile(join(run, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }

  test("ends the summary with a sheet for the auditor, which names the scope", async () => {
    const [, sheet = ""] = (await readFile(join(run, "report.md"), "utf8")).split("## Auditor's sheet");
    expect(sheet).toContain("3 current objects listed from ");
    expect(sheet).toContain("| Prepared by | Prepared for | Reviewed on | Purpose of the review |");
    expect(sheet).not.toContain("not proven");
  });

  test("rejects unknown formats, and reports all problems together", async () => {
    const { code, stderr } = await rehearsal.cli("report", run, "--format", "pdf,orc", "--ocsf", "some");
    expect(code).toBe(2);
    expect(stderr.match(/^error: --(format|ocsf): "(pdf|orc|some)" is not allowed/gm)).toHaveLength(3);
  });
});
