import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PutBucketEncryptionCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import {
  afterStore,
  createBucket,
  encryptionOf,
  listing,
  openRehearsal,
  plain,
  plaintextOf,
  type Rehearsal,
  sealed,
  vaulted,
} from "./rehearsal.js";
import { filesOf, type Ran, summaryOf } from "./run-cli.js";

describe("audit with filters", () => {
  const OBJECTS = [
    ...plain(2, "logs/2024/"),
    ...plain(1, "logs/2025/"),
    ...plain(1, "tmp/"),
    { Key: "big", Body: "x".repeat(5000) },
    { Key: "rare", Body: "rare", StorageClass: "STANDARD_IA" as const },
  ];
  const ALL = OBJECTS.map(({ Key = "" }) => Key);

  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
  });
  afterAll(() => rehearsal.close());

  interface Filtered {
    readonly name: string;
    readonly flags: readonly string[];
    readonly taken: readonly string[];
  }
  async function encryptsTheMatching({ name, flags, taken }: Filtered, { expect: expectHere }: TestContext) {
    const { client, cli, place } = rehearsal;
    await createBucket(client, name, OBJECTS);
    const { code, stdout } = await cli("migrate", `s3://${name}`, ...place, "--assume", "documented", ...flags);
    expectHere(code).toBe(taken.length === 0 ? 1 : 0);
    const left = ALL.length - taken.length;
    if (left > 0) expectHere(stdout).toMatch(new RegExp(`excluded by filters +${left}\\n`));
    else expectHere(stdout).not.toContain("excluded by filters");
    expectHere(await plaintextOf(client, name)).toEqual(ALL.filter((key) => !taken.includes(key)).sort());
  }

  const encrypts = "migrate $flags encrypts the matching objects only";
  const several = ["--exclude", "logs/**", "--exclude", "tmp/**"];
  test.concurrent.for<Filtered>([
    { name: "exclude", flags: several, taken: ["big", "rare"] },
    { name: "after", flags: ["--modified-after", "2999-01-01"], taken: [] },
  ])(encrypts, encryptsTheMatching);
  test.concurrent.for<Filtered>([
    { name: "include", flags: ["--include", "logs/**"], taken: ["logs/2024/0000", "logs/2024/0001", "logs/2025/0000"] },
    { name: "include-twice", flags: ["--include", "tmp/*", "--include", "big"], taken: ["big", "tmp/0000"] },
    { name: "min-size", flags: ["--min-size", "4KiB"], taken: ["big"] },
    { name: "max-size", flags: ["--max-size", "4"], taken: ["rare"] },
    { name: "class", flags: ["--storage-class", "STANDARD_IA"], taken: ["rare"] },
    { name: "before", flags: ["--modified-before", "2999-01-01"], taken: ALL },
  ])(encrypts, { tags: "slow" }, encryptsTheMatching);
});

describe("bucketseal audit", () => {
  let rehearsal: Rehearsal;
  let ran: Ran;
  let before: unknown;
  let writes: number;
  const out = () => join(rehearsal.folder, "run");

  beforeAll(async () => {
    rehearsal = await openRehearsal();
    const { client, sandbox } = rehearsal;
    await createBucket(client, "mixed", [...plain(6), ...sealed(3), ...vaulted(2)]);
    await createBucket(client, "done", sealed(2));
    before = await listing(client, "mixed");
    sandbox.resetCalls();
    ran = await rehearsal.cli("audit", "s3://mixed", ...rehearsal.place, "--out", out());
    writes = rehearsal.writes();
  });
  afterAll(() => rehearsal.close());

  test("counts unencrypted objects and lists the encryption of the others, with exit code 0", () => {
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("Not sealed: 6 of 11 objects are unencrypted");
    expect(ran.stdout).toMatch(/not encrypted by the store +6 +6\n/);
    expect(ran.stdout).toMatch(/SSE-S3 \(AES256\) +3 +3\n/);
    expect(ran.stdout).toMatch(/SSE-C \(customer key\) +2 +2\n/);
    expect(ran.stdout).toContain(join(out(), "report.html"));
  });

  test("keeps warnings off stdout and colours out of pipes", () => {
    expect(afterStore(ran.stderr)).toMatch(/^warning: mixed: the bucket has no default encryption/);
    expect(ran.stdout).not.toContain("warning");
    expect(ran.stdout + ran.stderr).not.toContain("\u001b");
  });

  test("writes nothing to the bucket", async () => {
    expect(writes).toBe(0);
    expect(await listing(rehearsal.client, "mixed")).toEqual(before);
  });

  test("leaves a run folder with its journal, summary, reports and manifest", async () => {
    const files = await filesOf(out());
    const journal = files.filter((file) => file.startsWith("journal"));
    expect(journal.length).toBeGreaterThan(0);
    expect(files.filter((file) => !journal.includes(file))).toEqual([
      ...["manifest.json", "ocsf.ndjson", "report.csv", "report.html", "report.md", "report.prom"],
      ...["run.json", "summary.json"],
    ]);
    const { total } = await summaryOf(out());
    expect(total).toMatchObject({ listed: 11, closes: true, statesNow: { none: { objects: 6 } } });
  });

  test("exits with 1 for --fail-on unencrypted if an object is unencrypted, else with 0", async () => {
    const { place, cli } = rehearsal;
    const [mixed, done] = await Promise.all([
      cli("audit", "s3://mixed", ...place, "--fail-on", "unencrypted", "--out", `${out()}-2`),
      cli("audit", "s3://done", ...place, "--fail-on", "unencrypted", "--out", `${out()}-3`),
    ]);
    expect(mixed).toMatchObject({ code: 1, stderr: expect.stringContaining("objects that are unencrypted") });
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Not sealed: 0 of 2 objects are unencrypted, but done has no default encryption"),
    });
  });

  test("prints one JSON object per line with --json and nothing else, the summary last", async () => {
    const { stdout, code } = await rehearsal.cli("audit", "s3://mixed", ...rehearsal.place, "--json", "--quiet");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    const kinds = lines.map(({ kind }) => kind);
    expect(code).toBe(0);
    expect(kinds.filter((kind) => kind === "outcome")).toHaveLength(11);
    expect([kinds.at(0), kinds.at(-1)]).toEqual(["bucket", "summary"]);
    expect(lines.at(-1)).toMatchObject({
      end: "complete",
      total: { listed: 11, closes: true },
      remains: expect.arrayContaining([expect.objectContaining({ kind: "unencrypted" })]),
    });
  });
});

describe("bucket without default encryption", () => {
  let rehearsal: Rehearsal;
  /** Writes behind the reader: before it reads the bucket's default for the second time. */
  let behind: (() => Promise<unknown>) | undefined;
  let looks = 0;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      intercept: async ({ operation }) => {
        looks += operation === "GetBucketEncryption" ? 1 : 0;
        if (operation === "GetBucketEncryption" && looks === 2) await behind?.();
        return undefined;
      },
    });
    await createBucket(rehearsal.client, "open", sealed(2));
  });
  afterAll(() => rehearsal.close());

  const audit = (...args: string[]) => {
    looks = 0;
    return rehearsal.cli("audit", "s3://open", ...rehearsal.place, "--quiet", ...args);
  };

  test("audit --fail-on no-default exits with 1, unsealed, if the bucket has no default encryption", async () => {
    const ran = await audit("--fail-on", "no-default");
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("Not sealed: 0 of 2 objects are unencrypted, but open has no default encryption"),
      stderr: expect.stringContaining("exit code 1: there are buckets whose default encryption could not be confirmed"),
    });
    expect(ran.stdout).not.toContain("Sealed:");
  });

  test("audit --fail-on unencrypted exits with 1 if an object arrived in plaintext during the run", async () => {
    behind = () => rehearsal.client.send(new PutObjectCommand({ Bucket: "open", Key: "late", Body: "late" }));
    const ran = await audit("--fail-on", "unencrypted");
    behind = undefined;
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("Not sealed: 0 of 2 objects seen are unencrypted, but 1 written since is"),
    });
    expect(ran.stdout).toContain("1 object was newer than the run's own look; 1 of 1 sampled is not encrypted.");
    expect(await plaintextOf(rehearsal.client, "open")).toEqual(["late"]);
  });

  test("migrate passes both --fail-on conditions and is sealed once the bucket encrypts by default", async () => {
    const { client, cli, place } = rehearsal;
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
    await client.send(new PutBucketEncryptionCommand({ Bucket: "open", ServerSideEncryptionConfiguration: { Rules } }));
    const ran = await cli("migrate", "s3://open", ...place, "--quiet", "--fail-on", "no-default,unencrypted");
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Sealed: 0 of 3 objects remain unencrypted"),
    });
    expect(await plaintextOf(client, "open")).toEqual([]);
  });
});

/** Dated in the minute before, so that two writes fall into one second. */
const TIME = new Date(Date.now() - 60_000);

describe("bucketseal audit --baseline", () => {
  let rehearsal: Rehearsal;
  let first: string;
  const out = (name: string) => join(rehearsal.folder, name);
  const audit = (...args: string[]) => rehearsal.cli("audit", "s3://held", ...rehearsal.place, ...args);
  beforeAll(async () => {
    rehearsal = await openRehearsal({ clock: () => TIME });
    first = out("first");
    await createBucket(rehearsal.client, "held", sealed(90));
    await audit("--out", first);
  });
  afterAll(() => rehearsal.close());

  test("reads only the sample, names the baseline, and leaves a folder that verifies", async () => {
    const { sandbox, cli } = rehearsal;
    sandbox.resetCalls();
    const { code, stdout, stderr } = await audit("--baseline", first, "--baseline-seed", "3", "--out", out("again"));
    expect({ code, calls: sandbox.calls.HeadObject, lists: sandbox.calls.ListObjectsV2 }).toEqual({
      code: 0,
      calls: 30,
      // Once more at the end, since the bucket has no default encryption.
      lists: 2,
    });
    expect(stderr).toContain(`reading ${first}\n`);
    expect(stdout).toContain("Not sealed: 0 of 90 objects are unencrypted, but held has no default encryption");
    const { total } = await summaryOf(out("again"));
    expect(total).toMatchObject({
      closes: true,
      evidenceNow: { baseline: { objects: 60 }, "head-header": { objects: 30 } },
    });
    expect(await cli("verify", out("again"))).toMatchObject({ code: 0 });
  });

  test("reports once that the baseline was discarded, with the object, and recounts every object", async () => {
    const { client, sandbox } = rehearsal;
    for (let index = 0; index < 90; index += 1) {
      const key = `sealed/${String(index).padStart(4, "0")}`;
      await client.send(new PutObjectCommand({ Bucket: "held", Key: key, Body: `plaintext sealed/${index}` }));
    }
    sandbox.resetCalls();
    const { code, stdout, stderr } = await audit("--baseline", first, "--json", "--out", out("dropped"));
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; total?: object });
    const at = lines.findIndex(({ kind }) => kind === "baseline-dropped");
    expect(code).toBe(0);
    expect(stderr.match(/the baseline is contradicted, and every object is read: s3:\/\/held\/sealed\//g)).toHaveLength(
      1,
    );
    expect(lines.slice(at).filter(({ kind }) => kind === "outcome")).toHaveLength(90);
    expect(lines.at(-1)).toMatchObject({
      kind: "summary",
      total: { statesNow: { none: { objects: 90 } }, closes: true },
    });
  });

  test("restricts an audit to the keys of --manifest, and rejects bad lines, options and baselines", async () => {
    const [keys, wrong] = [out("keys.txt"), out("wrong.txt")];
    await writeFile(keys, "sealed/0001\nsealed/0002\nabsent\n");
    await writeFile(wrong, "sealed/0001\n\nsealed/0002\r\n");
    await appendFile(join(out("again"), "summary.json"), " ");
    const [kept, bad, edited, alone] = await Promise.all([
      audit("--manifest", keys, "--out", out("kept")),
      audit("--manifest", wrong),
      audit("--baseline", out("again")),
      audit("--baseline-sample", "101%", "--manifest-format", "orc"),
    ]);
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringMatching(/ {2}not found +1 /) });
    expect(kept.stdout).not.toContain("Sealed");
    expect((await summaryOf(out("kept"))).total).toMatchObject({
      listed: 3,
      closes: true,
      outcomes: { "not-found": { objects: 1 } },
    });
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toContain('error: --manifest: "wrong.txt" line 2: it is an empty key\n');
    expect(bad.stderr).toContain('error: --manifest: "wrong.txt" line 3: it ends with a carriage return');
    expect(edited).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/error: --baseline: ".*again" is not intact \(summary\.json/),
    });
    expect(alone.stderr.match(/error: --(baseline-sample|manifest-format)/g)).toHaveLength(2);
  });
});

describe("--all-buckets", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
  });
  afterAll(() => rehearsal.close());

  test("migrate --all-buckets exits with 3 if the account has no bucket", async () => {
    const ran = await rehearsal.cli("migrate", "--all-buckets", ...rehearsal.place);
    expect(ran).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("list no bucket") });
  });

  test("migrate --all-buckets encrypts every bucket, and prints a shared warning once", { tags: "slow" }, async () => {
    const { client, cli, place } = rehearsal;
    const names = ["first", "second", "third", "fourth", "fifth"];
    for (const name of names) await createBucket(client, name, plain(2));
    const ran = await cli("migrate", "--all-buckets", ...place);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 10 objects remain") });
    expect(ran.stderr.match(/no default encryption/g)).toHaveLength(1);
    expect(ran.stderr).toContain("and 2 more buckets: the bucket has no default encryption");
    for (const name of names)
      expect(new Set(Object.values(await encryptionOf(client, name)))).toEqual(new Set(["AES256"]));
  });

  test("audit --all-buckets rejects an additional location", async () => {
    const ran = await rehearsal.cli("audit", "--all-buckets", "s3://first", ...rehearsal.place);
    expect(ran).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("--all-buckets covers every bucket"),
    });
  });
});

describe("bucketseal audit --baseline after a migration", () => {
  let rehearsal: Rehearsal;
  /** HEAD of this key fails. */
  let fails = "";
  const out = (name: string) => join(rehearsal.folder, name);
  beforeAll(async () => {
    // The copies are dated after the machine's own time, so every look at them is within the second of their write.
    const time = new Date(Date.now() + 10 * 60_000);
    rehearsal = await openRehearsal({
      clock: () => time,
      intercept: ({ operation, key }) =>
        operation === "HeadObject" && key === fails ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
    });
  });
  afterAll(() => rehearsal.close());

  async function migrated(Bucket: string, hasDefault: boolean) {
    const { client, cli, place } = rehearsal;
    await createBucket(client, Bucket, [...plain(90), { Key: "unread", Body: "unread" }]);
    if (hasDefault) {
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
      await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    }
    fails = "unread";
    const { code } = await cli("migrate", `s3://${Bucket}`, ...place, "--assume", "documented", "--out", out(Bucket));
    fails = "";
    expect(code).toBe(1);
    expect(await plaintextOf(client, Bucket)).toEqual(["unread"]);
  }
  async function auditAgain(bucket: string) {
    rehearsal.sandbox.resetCalls();
    const folder = out(`${bucket}-again`);
    const { place, cli, sandbox } = rehearsal;
    const options = ["--baseline", out(bucket), "--format", "html,md", "--out", folder];
    const { code, stdout } = await cli("audit", `s3://${bucket}`, ...place, ...options);
    expect(code).toBe(0);
    const heads = sandbox.calls.HeadObject;
    expect(await cli("verify", folder)).toMatchObject({ code: 0 });
    return { stdout, heads, summary: await summaryOf(folder), folder };
  }

  test("reads only the sample and what failed, is new or was written since, and says so", async () => {
    const { client, cli } = rehearsal;
    await migrated("kept", true);
    await client.send(new PutObjectCommand({ Bucket: "kept", Key: "plain/0007", Body: "written since" }));
    await client.send(new PutObjectCommand({ Bucket: "kept", Key: "new", Body: "new" }));
    const { stdout, heads, summary, folder } = await auditAgain("kept");
    const read = { "not-in-baseline": 1, changed: 1, failed: 1 };
    // One of three lines is compared, perhaps that of the object that was written since.
    const { used = 0, confirmed = 0, ...others } = summary.baseline ?? {};
    expect(others).toEqual({ objects: 92, read });
    expect([29, 30]).toContain(confirmed);
    expect(used).toBe(89 - confirmed);
    expect(heads).toBe(confirmed + 3);
    expect(summary.total).toMatchObject({ closes: true, listed: 92, statesNow: { none: { objects: 1 } } });
    expect(stdout).toMatch(/ baseline +92\n +not read: unchanged since the baseline +(59|60)\n/);
    expect(stdout).toMatch(/ read: failed in the baseline +1\n/);
    expect(await readFile(join(folder, "report.md"), "utf8")).toContain(
      `| not read: unchanged since the baseline | ${used} |`,
    );
    expect(await readFile(join(folder, "report.html"), "utf8")).toContain("read: not in the baseline");
    const text = await readFile(join(folder, "summary.json"), "utf8");
    await writeFile(join(folder, "summary.json"), text.replace(`"used": ${used}`, '"used": 61'));
    expect(await cli("verify", folder)).toMatchObject({ code: 1 });
  });

  test("reads every copy of a bucket without default encryption, and says why", { tags: ["slow"] }, async () => {
    await migrated("open", false);
    const { heads, summary } = await auditAgain("open");
    expect(summary.baseline).toEqual({ objects: 91, used: 0, confirmed: 0, read: { "just-written": 90, failed: 1 } });
    expect(heads).toBe(91);
  });
});
