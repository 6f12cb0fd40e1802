import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRun, TOOL_VERSION } from "../../migrate/index.js";
import { CUSTOMER_KEY, mixedObjects } from "../buckets/mixed-objects.js";
import { rawS3 } from "../buckets/raw-s3.js";
import { differing, readBucket } from "../buckets/read-bucket.js";
import { fillBucket } from "../buckets/start-world.js";
import { withoutThrowAways } from "../chaos/survives.js";
import { SWEEP_TIMEOUT_MS } from "../length.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { createBucket, encryptionOf, listing, openRehearsal, plain, type Rehearsal, sealed } from "./rehearsal.js";
import { csvKeys, requestsOf, summaryOf } from "./run-cli.js";
import { expectGone, kill, processesOf, rangesOf, workersOf } from "./worker-processes.js";

const OBJECTS = 300;
const TWO = ["--workers", "2", "--concurrency", "8", "--assume", "documented"];

let rehearsal: Rehearsal;
/** Lists few objects a page, all of them written a minute ago. */
let aged: Rehearsal;
/** Each answer takes a while, so that no process is done before the other has begun. */
const slow = async () => {
  await wait(3);
  return undefined;
};
const slower = async () => {
  await wait(30);
  return undefined;
};
beforeAll(async () => {
  rehearsal = await openRehearsal({ intercept: ({ operation }) => intercepted(operation) });
  const time = new Date(Date.now() - 60_000);
  const behaviour = { pageEntries: 20 };
  aged = await openRehearsal({ behaviour, clock: () => time, intercept: ({ operation }) => intercepted(operation) });
});
afterAll(async () => {
  await rehearsal.close();
  await aged.close();
});
let intercepted: (operation: string) => Promise<undefined> = slow;

async function expectWhole(runDir: string, keys: readonly string[]): Promise<void> {
  expect([...(await outcomesOf(runDir)).keys()].sort()).toEqual([...keys].sort());
  expect((await summaryOf(runDir)).total).toMatchObject({ listed: keys.length, closes: true });
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
}

async function newBucket(name: string, { client } = rehearsal): Promise<readonly string[]> {
  const objects = [...plain(OBJECTS)];
  await createBucket(client, name, objects);
  return objects.map(({ Key = "" }) => Key);
}

describe("migrate --workers 2", () => {
  test("encrypts every object once, in two processes, as one process does", { tags: ["slow"] }, async () => {
    const { client, cli, place, folder, sandbox } = rehearsal;
    const [keys] = [await newBucket("two"), await newBucket("one")];
    sandbox.resetCalls();
    const two = await cli("migrate", "s3://two", ...place, ...TWO, "--out", "two");
    expect(await requestsOf(join(folder, "two"))).toEqual({ complete: true, sent: sandbox.calls });
    expect(two).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +300 /) });
    expect(new Set(Object.values(await encryptionOf(client, "two")))).toEqual(new Set(["AES256"]));
    await expectWhole(join(folder, "two"), keys);
    expect(await rangesOf(join(folder, "two"))).toBeGreaterThan(1);
    sandbox.resetCalls();
    await cli("migrate", "s3://one", ...place, "--workers", "1", "--assume", "documented", "--out", "one");
    expect(await requestsOf(join(folder, "one"))).toEqual({ complete: true, sent: sandbox.calls });
    const alike = async (run: string) => {
      const { total } = await summaryOf(join(folder, run));
      return { total, keys: (await csvKeys(join(folder, run))).sort() };
    };
    expect(await alike("two")).toEqual(await alike("one"));
  });

  test("goes on in another process if one is killed, and says so", {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { client, start, place, folder, sandbox } = rehearsal;
    const keys = await newBucket("killed");
    sandbox.resetCalls();
    const running = start("migrate", "s3://killed", ...place, ...TWO, "--out", "killed");
    for (let kills = 0; kills < 3; kills += 1) {
      const workers = await workersOf(running);
      await wait(600 + 200 * kills);
      for (const worker of workers) kill(worker);
    }
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("SIGKILL") });
    expect(new Set(Object.values(await encryptionOf(client, "killed")))).toEqual(new Set(["AES256"]));
    await expectWhole(join(folder, "killed"), keys);
    // A worker that was killed before it began has sent nothing that is missing.
    for (const [name, times] of Object.entries((await requestsOf(join(folder, "killed"))).sent)) {
      expect(times, name).toBeLessThanOrEqual(sandbox.calls[name] ?? 0);
    }
  });

  test("leaves no process behind when it is killed, and is resumed", {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { client, start, cli, place, folder } = rehearsal;
    const keys = await newBucket("resumed");
    const running = start("migrate", "s3://resumed", ...place, ...TWO, "--out", "resumed");
    const workers = await workersOf(running);
    await wait(700);
    running.kill("SIGKILL");
    await running.ended;
    await expectGone(workers);
    const ran = await cli("migrate", "--resume", "--out", "resumed", "--workers", "2", ...place);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +300 /) });
    expect(new Set(Object.values(await encryptionOf(client, "resumed")))).toEqual(new Set(["AES256"]));
    await expectWhole(join(folder, "resumed"), keys);
    expect(await requestsOf(join(folder, "resumed"))).toMatchObject({ complete: false });
  });

  test("stops in all processes when it is interrupted, and is resumed by one", {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { client, start, cli, place, folder, sandbox } = rehearsal;
    const keys = await newBucket("interrupted");
    sandbox.resetCalls();
    const running = start("migrate", "s3://interrupted", ...place, ...TWO, "--out", "interrupted");
    const workers = await workersOf(running);
    await wait(700);
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130, stderr: expect.stringContaining("resume with") });
    await expectGone(workers);
    const first = { ...sandbox.calls };
    const before = await listing(client, "interrupted");
    await wait(300);
    expect(await listing(client, "interrupted")).toEqual(before);
    sandbox.resetCalls();
    const ran = await cli("migrate", "--resume", "--out", "interrupted", "--workers", "1", ...place);
    expect(ran).toMatchObject({ code: 0 });
    const sent = { ...first };
    for (const [name, times] of Object.entries(sandbox.calls)) sent[name] = (sent[name] ?? 0) + times;
    expect(await requestsOf(join(folder, "interrupted"))).toEqual({ complete: true, sent });
    await expectWhole(join(folder, "interrupted"), keys);
  });

  test("ends after some deaths in a row, with what to do", { timeout: SWEEP_TIMEOUT_MS }, async () => {
    const { start, place } = rehearsal;
    await newBucket("dying");
    const running = start("migrate", "s3://dying", ...place, ...TWO, "--out", "dying");
    let isOver = false;
    void running.ended.then(() => (isOver = true));
    while (!isOver) {
      for (const worker of await processesOf(running)) kill(worker);
      await wait(5);
    }
    expect(await running.ended).toMatchObject({ code: 3, stderr: expect.stringContaining("--workers 1") });
  });

  test("keeps every byte, tag and lock of mixed objects", { tags: "slow", timeout: SWEEP_TIMEOUT_MS }, async () => {
    const raw = rawS3(rehearsal.sandbox);
    intercepted = async () => undefined;
    await fillBucket(raw, "mixed", [...mixedObjects(60)]);
    intercepted = slow;
    const before = await readBucket(raw, "mixed", CUSTOMER_KEY);
    const ran = await rehearsal.cli("migrate", "s3://mixed", ...rehearsal.place, ...TWO, "--out", "mixed");
    expect(ran.code).toBe(0);
    const after = withoutThrowAways(await readBucket(raw, "mixed", CUSTOMER_KEY));
    expect(differing(before, after)).toEqual([]);
    expect(await rangesOf(join(rehearsal.folder, "mixed"))).toBeGreaterThan(1);
    raw.close();
  });
});

test("audit --workers 2 reads every object once", { tags: "slow" }, async () => {
  const { cli, place, folder } = rehearsal;
  const keys = await newBucket("audited");
  const ran = await cli("audit", "s3://audited", ...place, "--workers", "2", "--concurrency", "8", "--out", "audited");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("300 of 300 objects are unencrypted") });
  await expectWhole(join(folder, "audited"), keys);
  expect(await rangesOf(join(folder, "audited"))).toBeGreaterThan(1);
});

/** What a report says, but for times and order. */
async function saidBy(runDir: string) {
  const outcomes = [...(await outcomesOf(runDir)).values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { total, baseline } = await summaryOf(runDir);
  return {
    total,
    baseline,
    outcomes: outcomes.map(({ at: _at, durationMs: _ms, requestIds: _ids, ...said }) => said),
  };
}

const FOUR = ["--workers", "4", "--concurrency", "8"];

describe("--manifest with workers", { tags: "slow", timeout: SWEEP_TIMEOUT_MS }, () => {
  /** Of ten objects, four are encrypted according to it, two are others by now, one is not there, and one is left out. */
  async function inventoryOf(bucket: string): Promise<void> {
    const rows = (await listing(aged.client, bucket)).flatMap(({ key, etag, size, modified }, nth) => {
      if (nth % 10 === 9) return [];
      const isOther = nth % 10 >= 4 && nth % 10 < 6;
      const sum = isOther ? "0".repeat(32) : etag?.replaceAll('"', "");
      const row = `"${bucket}","${key}","${size}","${modified}","${sum}","${nth % 10 < 4 ? "SSE-S3" : "NOT-SSE"}"`;
      return nth % 10 === 8 ? [row, row.replace(key, `${key}-gone`)] : [row];
    });
    const header = "Bucket,Key,Size,LastModifiedDate,ETag,EncryptionStatus";
    await writeFile(join(aged.folder, `${bucket}.csv`), `${[header, ...rows].join("\n")}\n`);
  }

  test("an audit says the same with four workers as with one, and asks for the same objects", async () => {
    const { client, cli, place, folder, sandbox } = aged;
    await createBucket(client, "inventoried", plain(OBJECTS));
    await inventoryOf("inventoried");
    const audited = async (out: string, ...flags: readonly string[]) => {
      sandbox.resetCalls();
      const manifest = ["--manifest", "inventoried.csv"];
      const ran = await cli("audit", "s3://inventoried", ...place, ...manifest, ...flags, "--out", out);
      expect(ran.code).toBe(0);
      expect((await checkRun(join(folder, out), { toolVersion: TOOL_VERSION })).findings).toEqual([]);
      return { ...(await saidBy(join(folder, out))), heads: sandbox.calls.HeadObject };
    };
    const one = await audited("inventoried-1", "--workers", "1");
    expect(await audited("inventoried-4", ...FOUR)).toEqual(one);
    expect(one).toMatchObject({ total: { listed: 300, closes: true }, heads: 120 });
    expect(await rangesOf(join(folder, "inventoried-4"))).toBeGreaterThan(1);
  });

  async function keysOf(bucket: string, at = rehearsal) {
    const keys = await newBucket(bucket, at);
    const named = keys.filter((_, nth) => nth % 5 > 0);
    await writeFile(join(at.folder, `${bucket}.txt`), `${[...named, "plain/none"].join("\n")}\n`);
    return { named: [...named, "plain/none"], left: keys.filter((_, nth) => nth % 5 === 0) };
  }

  async function expectNamed(bucket: string, { named, left }: Awaited<ReturnType<typeof keysOf>>): Promise<void> {
    await expectWhole(join(rehearsal.folder, bucket), named);
    const states = Object.entries(await encryptionOf(rehearsal.client, bucket));
    expect(states.flatMap(([key, state]) => (state === "none" ? [key] : []))).toEqual(left);
  }

  test("a migration goes on with the named objects alone if workers are killed", async () => {
    const { start, place } = rehearsal;
    const keys = await keysOf("named-killed");
    const flags = [...FOUR, "--assume", "documented", "--manifest", "named-killed.txt", "--out", "named-killed"];
    const running = start("migrate", "s3://named-killed", ...place, ...flags);
    // Four deaths before a line of theirs end a run, and on a busy machine no worker may have come to one.
    for (let kills = 0; kills < 3; kills += 1) {
      const [worker] = await workersOf(running);
      await wait(600 + 200 * kills);
      if (worker !== undefined) kill(worker);
    }
    expect(await running.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("SIGKILL") });
    await expectNamed("named-killed", keys);
  });

  test.each([
    [4, 1],
    [1, 4],
  ])("a migration that was interrupted with %i is resumed with %i", async (first, then) => {
    const { start, cli, place } = rehearsal;
    const bucket = `named-${first}`;
    const keys = await keysOf(bucket);
    const given = ["--concurrency", "8", "--assume", "documented", "--manifest", `${bucket}.txt`, "--out", bucket];
    const { calls } = rehearsal.sandbox;
    const writes = () => (calls.CopyObject ?? 0) + (calls.PutObject ?? 0);
    const before = writes();
    const running = start("migrate", `s3://${bucket}`, ...place, "--workers", String(first), ...given);
    await expect.poll(() => writes() - before, { timeout: SWEEP_TIMEOUT_MS }).toBeGreaterThan(20);
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130 });
    const ran = await cli("migrate", "--resume", "--out", bucket, "--workers", String(then), ...place);
    expect(ran).toMatchObject({ code: 0 });
    await expectNamed(bucket, keys);
  });

  test("a short list is no work for a second process, unless it is asked for", async () => {
    const { start, place, folder } = aged;
    const { named } = await keysOf("short", aged);
    const running = start("audit", "s3://short", ...place, "--manifest", "short.txt", "--out", "short");
    let most = 0;
    let isOver = false;
    void running.ended.then(() => (isOver = true));
    while (!isOver) {
      most = Math.max(most, (await processesOf(running)).length);
      await wait(5);
    }
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(most).toBe(0);
    await expectWhole(join(folder, "short"), named);
  });
});

describe("audit --baseline with workers", { tags: "slow", timeout: SWEEP_TIMEOUT_MS }, () => {
  const audited = async (bucket: string, out: string, ...flags: readonly string[]) => {
    const ran = await aged.cli("audit", `s3://${bucket}`, ...aged.place, ...flags, "--out", out);
    expect(ran).toMatchObject({ code: 0 });
    expect((await checkRun(join(aged.folder, out), { toolVersion: TOOL_VERSION })).findings).toEqual([]);
    return saidBy(join(aged.folder, out));
  };
  const BY = (baseline: string) => ["--baseline", baseline, "--baseline-seed", "7"];
  const sampleOf = ({ outcomes }: Awaited<ReturnType<typeof saidBy>>) =>
    outcomes.flatMap(({ key, baseline }) => (baseline?.use === "sampled" ? [key] : []));

  test("says the same with four workers as with one, of the same sample", async () => {
    const { client, folder } = aged;
    await createBucket(client, "nightly", sealed(OBJECTS));
    await audited("nightly", "night-1", "--workers", "2");
    const one = await audited("nightly", "night-2", ...BY("night-1"), "--workers", "1");
    expect(await audited("nightly", "night-3", ...BY("night-1"), ...FOUR)).toEqual(one);
    expect(one.total).toMatchObject({ listed: OBJECTS, closes: true });
    expect(one.baseline).toEqual({ objects: 300, used: 270, confirmed: 30, read: {} });
    expect(sampleOf(one)).toHaveLength(30);
    expect(await rangesOf(join(folder, "night-3"))).toBeGreaterThan(1);
    const other = await audited("nightly", "night-4", "--baseline", "night-1", "--baseline-seed", "8", ...FOUR);
    expect(sampleOf(other)).toHaveLength(30);
    expect(sampleOf(other)).not.toEqual(sampleOf(one));
  });

  test("drops it if a worker's sampled object contradicts it, and re-reads every object", async () => {
    const { client, start, place, folder } = aged;
    await createBucket(client, "behind", sealed(OBJECTS));
    await audited("behind", "behind-1", "--workers", "1");
    // Same bytes, same second, and plaintext, in the ranges after the first one: by its listing nothing has changed.
    for (const { Key, Body = "" } of [...sealed(OBJECTS)].slice(150)) {
      await client.send(new PutObjectCommand({ Bucket: "behind", Key, Body }));
    }
    const ran = await start("audit", "s3://behind", ...place, ...BY("behind-1"), ...FOUR, "--out", "behind-2").ended;
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("150 of 300 objects are unencrypted") });
    const run = JSON.parse(await readFile(join(folder, "behind-2", "run.json"), "utf8"));
    expect(run.baseline.dropped).toMatchObject({ bucket: "behind", said: "sse-s3", found: "none" });
    const { outcomes, total } = await saidBy(join(folder, "behind-2"));
    expect(outcomes.filter(({ baseline, before }) => baseline || before.evidence !== "head-header")).toEqual([]);
    expect(total).toMatchObject({ listed: OBJECTS, closes: true });
  });

  test("goes on if workers are killed, and if it is resumed by one process, with the same sample", async () => {
    const { client, start, cli, place, folder } = aged;
    await createBucket(client, "kept", sealed(OBJECTS));
    await audited("kept", "kept-1", "--workers", "1");
    const one = await audited("kept", "kept-2", ...BY("kept-1"), "--baseline-sample", "50", "--workers", "1");
    intercepted = slower;
    const given = ["--baseline-sample", "50", ...FOUR, "--out", "kept-3"];
    const running = start("audit", "s3://kept", ...place, ...BY("kept-1"), ...given);
    for (const worker of await workersOf(running)) {
      await wait(300);
      kill(worker);
    }
    await workersOf(running);
    await wait(300);
    running.kill("SIGINT");
    const { code } = await running.ended;
    intercepted = slow;
    if (code === 130) {
      expect(await cli("audit", "--resume", "--out", "kept-3", "--workers", "1", ...place)).toMatchObject({ code: 0 });
    }
    expect(await saidBy(join(folder, "kept-3"))).toEqual(one);
    expect((await checkRun(join(folder, "kept-3"), { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  });
});

test.each([["0"], ["65"], ["many"], ["1.5"]])("--workers %s is refused", async (given) => {
  const ran = await rehearsal.cli("audit", "s3://b", ...rehearsal.place, "--workers", given);
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(`--workers: "${given}" is not allowed`) });
});
