import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, openRehearsal, plain, plaintextOf, type Rehearsal } from "./rehearsal.js";
import { csvKeys, filesOf, summaryOf } from "./run-cli.js";

const OBJECTS = 120;
const KEYS = [...plain(OBJECTS)].map(({ Key }) => Key);

describe("an interrupted migrate", () => {
  let rehearsal: Rehearsal;
  /** How long the store takes for one copy. */
  let copyMs = 0;
  /** A further promise that it waits for before one. */
  let held: Promise<void> | undefined;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      intercept: async ({ operation }) => {
        if (operation !== "CopyObject") return undefined;
        await held;
        return { kind: "delay", ms: copyMs };
      },
    });
  });
  afterAll(() => rehearsal.close());

  /** Starts a run on a bucket of its own, and comes back in the middle of it. */
  async function inTheMiddle(bucket: string, ms: number, copies: number) {
    const { client, sandbox, start, place, folder } = rehearsal;
    await createBucket(client, bucket, plain(OBJECTS));
    copyMs = ms;
    sandbox.resetCalls();
    const out = join(folder, bucket);
    const flags = ["--assume", "documented", "--race", "off", "--concurrency", "8", "--no-canary", "--out", out];
    const running = start("migrate", `s3://${bucket}`, ...place, ...flags);
    while ((sandbox.calls.CopyObject ?? 0) < copies) await sleep(20);
    return { running, out };
  }

  /** Copies that are under way at the store when a run is killed end there. */
  async function allCopiesEnded(bucket: string) {
    const { client, sandbox } = rehearsal;
    const left = async () => (await plaintextOf(client, bucket)).length;
    await expect.poll(async () => (await left()) + (sandbox.calls.CopyObject ?? 0)).toBe(OBJECTS);
  }

  async function expectResumed(bucket: string, out: string) {
    copyMs = 0;
    rehearsal.sandbox.resetCalls();
    const left = await plaintextOf(rehearsal.client, bucket);
    const resumed = await rehearsal.cli("migrate", "--resume", "--out", out, ...rehearsal.place);
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        `0 of ${OBJECTS} objects remain unencrypted, but ${bucket} has no default encryption`,
      ),
    });
    // Objects that were copied before are not copied again.
    expect(rehearsal.sandbox.calls.CopyObject).toBe(left.length);
    expect(await plaintextOf(rehearsal.client, bucket)).toEqual([]);
    expect((await csvKeys(out)).sort()).toEqual(KEYS);
    expect((await summaryOf(out)).total).toMatchObject({ listed: OBJECTS, closes: true });
    expect(await rehearsal.cli("verify", out)).toMatchObject({ code: 0 });
  }

  test("finishes objects in flight on SIGINT, names the resume command, and completes with --resume", async () => {
    const { running, out } = await inTheMiddle("sigint", 100, 24);
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^Interrupted: \d+ objects seen, 0 of them unencrypted; at least \d+ more are left\n/m);
    expect(stderr).toContain("stopping: finishing the objects in flight");
    const { endpoint, region } = rehearsal.sandbox;
    expect(stderr).toContain(
      `resume with bucketseal migrate --resume --out ${out} --endpoint ${endpoint} --region ${region}`,
    );
    const stopped = await rehearsal.cli("verify", out);
    expect(stopped).toMatchObject({ code: 1, stdout: expect.stringMatching(/^stopped: /) });
    expect(stopped.stderr.replaceAll(/\s+/g, " ")).toMatch(
      /^error: run\.json: the run was interrupted before its end: continue it with bucketseal migrate --resume/,
    );
    expect(await filesOf(out)).toEqual(
      expect.arrayContaining(["manifest.json", "report.csv", "report.html", "report.md"]),
    );
    const left = await plaintextOf(rehearsal.client, "sigint");
    expect(left.length).toBeGreaterThan(0);
    // Every copy that the bucket shows has its outcome.
    const { total } = await summaryOf(out);
    expect(total.outcomes.migrated.objects).toBe(OBJECTS - left.length);
    await expectResumed("sigint", out);
    // Complete lines stay as they are, byte for byte.
    const contents = async () => {
      const names = await filesOf(out);
      return Promise.all(names.map(async (name) => [name, await readFile(join(out, name), "latin1")]));
    };
    const complete = await contents();
    const again = await rehearsal.cli("migrate", "--resume", "--out", out, ...rehearsal.place);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to resume: the run in") });
    expect(await contents()).toEqual(complete);
  });

  test("names the folder and the resume command if the disk is full, and resumes once there is room", {
    tags: "slow",
  }, async (context) => {
    const { client, place, folder, cli, start } = rehearsal;
    const disk = join(folder, "disk");
    await mkdir(disk);
    const mount = (options: string) => {
      execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk], { stdio: "pipe" });
    };
    try {
      mount("size=96k");
    } catch {
      return context.skip("it takes root to mount a small disk");
    }
    try {
      copyMs = 0;
      await createBucket(client, "full", plain(OBJECTS));
      const out = join(disk, "run");
      const flags = ["--assume", "documented", "--no-canary", "--out", out];
      // Its files are closed by its end alone.
      const { code, stderr } = await start("migrate", "s3://full", ...place, ...flags).ended;
      expect(code).toBe(1);
      expect(stderr.replaceAll(/\s+/g, " ")).toMatch(
        /cannot be written \(ENOSPC\): free some space, then continue with bucketseal migrate --resume --out .*disk\/run --endpoint/,
      );
      expect(await cli("verify", out)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^stopped: /) });
      mount("remount,size=8m");
      expect(await cli("migrate", "--resume", "--out", out, ...place)).toMatchObject({ code: 0 });
      expect(await plaintextOf(client, "full")).toEqual([]);
      expect(await cli("verify", out)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^intact: /) });
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  test("treats SIGHUP like SIGINT, stops at once on a second signal, and completes with --resume", {
    tags: "slow",
  }, async () => {
    let letGo = () => {};
    held = new Promise((resolve) => (letGo = resolve));
    const { running, out } = await inTheMiddle("twice", 0, 4);
    // A terminal that is gone asks for the same.
    running.kill("SIGHUP");
    await running.said("again to stop at once");
    running.kill("SIGINT");
    // No copy comes to its end before it does.
    expect(await running.ended).toMatchObject({ code: 130, stdout: "" });
    expect(await plaintextOf(rehearsal.client, "twice")).toHaveLength(OBJECTS);
    held = undefined;
    letGo();
    await allCopiesEnded("twice");
    await expectResumed("twice", out);
  });

  test("completes with --resume after kill -9, with each key once", { tags: "slow" }, async () => {
    const { running, out } = await inTheMiddle("kill", 100, 40);
    running.kill("SIGKILL");
    expect(await running.ended).toMatchObject({ code: null });
    expect(await readdir(out)).toEqual(expect.arrayContaining(["journal", "run.json", "run.lock"]));
    expect(await readdir(out)).not.toContain("manifest.json");
    await allCopiesEnded("kill");
    await expectResumed("kill", out);
  });

  test("rejects --resume with other options, another command or no run, even if the folder is locked", async () => {
    const { cli, place, folder } = rehearsal;
    const out = join(folder, "sigint");
    const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), id: "another" };
    await writeFile(join(out, "run.lock"), JSON.stringify(holder));
    const [options, command, absent] = await Promise.all([
      cli("migrate", "--resume", "--out", out, ...place, "--include", "x*"),
      cli("audit", "--resume", "--out", out, ...place),
      cli("migrate", "--resume", "--out", join(folder, "absent"), ...place),
    ]);
    expect(options).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("a resumed run keeps its options"),
    });
    expect(command).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('contains a run of "migrate"'),
    });
    expect(absent).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("contains no readable run") });
  });
});
