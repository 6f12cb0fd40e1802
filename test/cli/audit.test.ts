import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, listing, plain, sealed, vaulted } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import type { Ran } from "./run-cli.js";
import { filesOf, summaryOf } from "./run-folder.js";

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
    expect(ran.stderr).toMatch(/^warning: mixed: the bucket has no default encryption/);
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
