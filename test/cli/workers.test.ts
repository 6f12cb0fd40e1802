import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRun, TOOL_VERSION } from "../../migrate/index.js";
import { CUSTOMER_KEY, mixedObjects } from "../buckets/mixed-objects.js";
import { rawS3 } from "../buckets/raw-s3.js";
import { differing, readBucket } from "../buckets/read-bucket.js";
import { fillBucket } from "../buckets/start-world.js";
import { withoutThrowAways } from "../chaos/survives.js";
import { SWEEP_TIMEOUT_MS } from "../length.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { createBucket, encryptionOf, listing, openRehearsal, plain, type Rehearsal } from "./rehearsal.js";
import { csvKeys, type Running, summaryOf } from "./run-cli.js";

const OBJECTS = 300;
const TWO = ["--workers", "2", "--concurrency", "8", "--assume", "documented"];

let rehearsal: Rehearsal;
/** Each answer takes a while, so that no process is done before the other has begun. */
const slow = async () => {
  await wait(3);
  return undefined;
};
beforeAll(async () => {
  rehearsal = await openRehearsal({ intercept: ({ operation }) => intercepted(operation) });
});
afterAll(() => rehearsal.close());
let intercepted: (operation: string) => Promise<undefined> = slow;

async function processesOf(running: Running): Promise<readonly number[]> {
  const text = await readFile(`/proc/${running.pid}/task/${running.pid}/children`, "utf8").catch(() => "");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** The processes of its workers, once it has any. */
async function workersOf(running: Running): Promise<readonly number[]> {
  let isOver = false;
  void running.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const found = await processesOf(running);
    if (found.length > 0) return found;
    await wait(5);
  }
  throw new Error(`it ended without a worker: ${JSON.stringify(await running.ended)}`);
}

/** Nobody may wait for the end of an orphan, which then stays as a zombie. */
async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat === "" || /\) Z /.test(stat);
}

async function expectGone(workers: readonly number[]): Promise<void> {
  for (const worker of workers) await expect.poll(() => isGone(worker), { timeout: SWEEP_TIMEOUT_MS }).toBe(true);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function rangesOf(runDir: string): Promise<number> {
  const journal = await readFile(join(runDir, "journal", "000001.ndjson"), "utf8");
  return new Set(journal.match(/"after":"[^"]*"/g)).size + 1;
}

async function expectWhole(runDir: string, keys: readonly string[]): Promise<void> {
  expect([...(await outcomesOf(runDir)).keys()].sort()).toEqual([...keys].sort());
  expect((await summaryOf(runDir)).total).toMatchObject({ listed: keys.length, closes: true });
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
}

async function newBucket(name: string): Promise<readonly string[]> {
  const objects = [...plain(OBJECTS)];
  await createBucket(rehearsal.client, name, objects);
  return objects.map(({ Key = "" }) => Key);
}

describe("migrate --workers 2", () => {
  test("encrypts every object once, in two processes, as one process does", async () => {
    const { client, cli, place, folder } = rehearsal;
    const [keys] = [await newBucket("two"), await newBucket("one")];
    const two = await cli("migrate", "s3://two", ...place, ...TWO, "--out", "two");
    expect(two).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +300 /) });
    expect(new Set(Object.values(await encryptionOf(client, "two")))).toEqual(new Set(["AES256"]));
    await expectWhole(join(folder, "two"), keys);
    expect(await rangesOf(join(folder, "two"))).toBeGreaterThan(1);
    await cli("migrate", "s3://one", ...place, "--workers", "1", "--assume", "documented", "--out", "one");
    const alike = async (run: string) => {
      const { total } = await summaryOf(join(folder, run));
      return { total, keys: (await csvKeys(join(folder, run))).sort() };
    };
    expect(await alike("two")).toEqual(await alike("one"));
  });

  test("goes on in another process if one is killed, and says so", { timeout: SWEEP_TIMEOUT_MS }, async () => {
    const { client, start, place, folder } = rehearsal;
    const keys = await newBucket("killed");
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
  });

  test("leaves no process behind when it is killed, and is resumed", { timeout: SWEEP_TIMEOUT_MS }, async () => {
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
  });

  test("stops in all processes when it is interrupted, and is resumed by one", {
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { client, start, cli, place, folder } = rehearsal;
    const keys = await newBucket("interrupted");
    const running = start("migrate", "s3://interrupted", ...place, ...TWO, "--out", "interrupted");
    const workers = await workersOf(running);
    await wait(700);
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130, stderr: expect.stringContaining("resume with") });
    await expectGone(workers);
    const before = await listing(client, "interrupted");
    await wait(300);
    expect(await listing(client, "interrupted")).toEqual(before);
    const ran = await cli("migrate", "--resume", "--out", "interrupted", "--workers", "1", ...place);
    expect(ran).toMatchObject({ code: 0 });
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

  test("keeps every byte, tag and lock of mixed objects", { timeout: SWEEP_TIMEOUT_MS }, async () => {
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

test("audit --workers 2 reads every object once", async () => {
  const { cli, place, folder } = rehearsal;
  const keys = await newBucket("audited");
  const ran = await cli("audit", "s3://audited", ...place, "--workers", "2", "--concurrency", "8", "--out", "audited");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("300 of 300 objects are unencrypted") });
  await expectWhole(join(folder, "audited"), keys);
  expect(await rangesOf(join(folder, "audited"))).toBeGreaterThan(1);
});

test.each([["0"], ["65"], ["many"], ["1.5"]])("--workers %s is refused", async (given) => {
  const ran = await rehearsal.cli("audit", "s3://b", ...rehearsal.place, "--workers", given);
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(`--workers: "${given}" is not allowed`) });
});
