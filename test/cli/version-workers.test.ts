import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkRun, type JournalRecord, readJournal, TOOL_VERSION } from "../../migrate/index.js";
import type { Fault } from "../../sandbox/index.js";
import { inParallel } from "../buckets/async-items.js";
import { createBucket, pathOf, type RawS3, rawS3, sendOk } from "../buckets/raw-s3.js";
import { SWEEP_TIMEOUT_MS } from "../length.js";
import { setVersioning } from "../migrate/fixtures/versioned-world.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { type Running, summaryOf } from "./run-cli.js";
import { kill, processesOf, rangesOf } from "./worker-processes.js";

const LONG_TEST = { tags: ["slow"], timeout: SWEEP_TIMEOUT_MS };
const THREE = ["--workers", "3", "--concurrency", "9"];
const ONE = ["--workers", "1", "--concurrency", "9"];
/** So that a process alone would take longer than the others to begin. */
const SLOWLY = ["--concurrency", "3"];
const FLAGS = ["--assume", "documented", "--yes"];
const REPLAY = [...FLAGS, "--versions", "replay"];
const PURGE = [...FLAGS, "--versions", "purge"];
const KEYS = 36;

interface World extends Rehearsal {
  readonly raw: RawS3;
}

type Intercepted = (operation: string, key: string | null) => Promise<Fault | undefined>;

/** A store whose answers take a while, so that no process is done before the others have begun. */
async function openWorld(
  behaviour: object = {},
  onRequest: Intercepted = async () => undefined,
  headMs = 3,
): Promise<World> {
  const rehearsal = await openRehearsal({
    behaviour: { pageEntries: 20, ...behaviour },
    intercept: async ({ operation, key }) => {
      await wait(operation === "HeadObject" ? headMs : 3);
      return onRequest(operation, key ?? null);
    },
  });
  const raw = rawS3(rehearsal.sandbox);
  onTestFinished(async () => {
    raw.close();
    await rehearsal.close();
  });
  return { ...rehearsal, raw };
}

/** A removal takes the bytes of the current object, which shows late enough for all processes to come to a removal of their own. */
function openHarmingWorld(): Promise<World> {
  let removedOf: string | null = null;
  return openWorld({ removalTakesCurrentBody: true }, async (operation, key) => {
    // Not that of a test object.
    if (operation === "DeleteObject" && key?.startsWith("key/")) removedOf ??= key;
    if (operation === "GetObject" && key === removedOf) await wait(3000);
    return undefined;
  });
}

type Step = "plain" | "sealed" | "deleted";
const HISTORIES: readonly (readonly Step[])[] = [
  ["plain", "plain", "plain"],
  ["sealed", "plain", "sealed"],
  ["plain", "deleted", "plain"],
  ["plain"],
  ["sealed", "sealed"],
  ["plain", "deleted"],
];
const stepsOf = (index: number) => HISTORIES[index % HISTORIES.length] ?? [];
const keyOf = (index: number) => `key/${String(index).padStart(3, "0")}`;

async function fill(raw: RawS3, bucket: string, steps: (index: number) => readonly Step[] = stepsOf): Promise<void> {
  await createBucket(raw, bucket);
  await setVersioning(raw, bucket, "Enabled");
  await inParallel(
    Array.from({ length: KEYS }, (_, index) => index),
    async (index) => {
      for (const [nth, step] of steps(index).entries()) {
        const path = pathOf(bucket, keyOf(index));
        if (step === "deleted") await sendOk(raw, { method: "DELETE", path });
        else {
          const body = Buffer.from(`version ${nth} of ${index}`);
          const headers = {
            "content-md5": createHash("md5").update(body).digest("base64"),
            "content-type": `text/x-${nth}`,
            "x-amz-meta-owner": `${index}`,
            "x-amz-tagging": `nth=${nth}`,
            ...(step === "sealed" && { "x-amz-server-side-encryption": "AES256" }),
          };
          await sendOk(raw, { method: "PUT", path, headers, body });
        }
      }
    },
  );
}

/** All that anybody may read of a bucket: each version by key, the newest first. */
async function historyOf(raw: RawS3, bucket: string): Promise<Readonly<Record<string, readonly object[]>>> {
  const history: Record<string, object[]> = {};
  let marker = "";
  for (;;) {
    const listing = (await sendOk(raw, { path: `/${bucket}?versions=${marker}` })).body.toString();
    const found = listing.matchAll(/<(Version|DeleteMarker)><Key>([^<]*)<\/Key><VersionId>([^<]*)</g);
    for (const [, kind, key = "", versionId = ""] of found) {
      const entry = kind === "DeleteMarker" ? { deleted: true } : await readVersion(raw, bucket, key, versionId);
      history[key] = [...(history[key] ?? []), entry];
    }
    if (!listing.includes("<IsTruncated>true")) return history;
    const next = (name: string) => encodeURIComponent(new RegExp(`<${name}>([^<]*)<`).exec(listing)?.[1] ?? "");
    marker = `&key-marker=${next("NextKeyMarker")}&version-id-marker=${next("NextVersionIdMarker")}`;
  }
}

async function readVersion(raw: RawS3, bucket: string, key: string, versionId: string): Promise<object> {
  const query = `versionId=${versionId}`;
  const { headers, body } = await sendOk(raw, { path: pathOf(bucket, key, `?${query}`) });
  const tags = await sendOk(raw, { path: pathOf(bucket, key, `?tagging&${query}`) });
  return {
    body: body.toString(),
    encryption: headers["x-amz-server-side-encryption"] ?? "none",
    type: headers["content-type"],
    owner: headers["x-amz-meta-owner"],
    tags: /<Value>([^<]*)</.exec(tags.body.toString())?.[1],
  };
}

/** The history that a replay makes of these steps: as it was, and encrypted. A deleted key stays as it was. */
function replayed(index: number, steps = stepsOf(index)): readonly object[] {
  const isDeleted = steps.at(-1) === "deleted";
  const made = steps.map((step, nth) => {
    if (step === "deleted") return { deleted: true };
    const encryption = step === "plain" && isDeleted ? "none" : "AES256";
    return { body: `version ${nth} of ${index}`, encryption, type: `text/x-${nth}`, owner: `${index}`, tags: `${nth}` };
  });
  return made.toReversed();
}

function expected(of: (index: number) => readonly object[]) {
  return Object.fromEntries(Array.from({ length: KEYS }, (_, index) => [keyOf(index), of(index)]));
}

const OF_RUN = new Set(["at", "durationMs", "requestIds", "versionId", "lastModified", "bucket", "of"]);

/** What a run has written down of objects and versions, and counted, but for times and order. */
async function saidBy(runDir: string) {
  const lines: string[] = [];
  for await (const record of readJournal(runDir)) {
    if (record.kind !== "outcome" && record.kind !== "version") continue;
    lines.push(JSON.stringify(record, (name, value: unknown) => (OF_RUN.has(name) ? undefined : value)));
  }
  return { lines: lines.sort(), total: (await summaryOf(runDir)).total };
}

async function recordsOf(runDir: string): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const record of readJournal(runDir)) records.push(record);
  return records;
}

/** No object and no version has two results, all are counted, and the run folder fits itself. */
async function expectWhole(runDir: string): Promise<void> {
  const records = await recordsOf(runDir);
  const results = records.flatMap((record) => {
    if (record.kind === "outcome") return [record.key];
    return record.kind === "version" ? [`${record.key} ${record.before.versionId}`] : [];
  });
  expect(results.filter((name, nth) => results.indexOf(name) !== nth)).toEqual([]);
  const { total } = await summaryOf(runDir);
  expect(total).toMatchObject({ closes: true, noncurrent: { closes: true } });
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
}

describe("--versions replay", () => {
  test("makes of a bucket, and says, with three workers what it does with one", LONG_TEST, async () => {
    const { cli, place, folder, raw } = await openWorld();
    const migrated = async (bucket: string, flags: readonly string[]) => {
      await fill(raw, bucket);
      const ran = await cli("migrate", `s3://${bucket}`, ...place, ...REPLAY, ...flags, "--out", bucket);
      expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
      await expectWhole(join(folder, bucket));
      return { history: await historyOf(raw, bucket), said: await saidBy(join(folder, bucket)) };
    };
    const one = await migrated("one", ONE);
    expect(one.history).toEqual(expected(replayed));
    expect(await migrated("three", THREE)).toEqual(one);
    expect(await rangesOf(join(folder, "three"))).toBeGreaterThan(2);
  });

  test.each([
    ["PutObject", 2, true],
    ["PutObject", 3, false],
    ["DeleteObject", 1, true],
    ["DeleteObject", 3, false],
  ])(
    "completes a chain once whose worker is killed at its %s %i (carried out: %s)",
    LONG_TEST,
    async (operation, nth, carriedOut) => {
      const ran = await killedRun(["migrate", ...REPLAY], { operation, nth, carriedOut });
      expect(ran.history).toEqual(expected(replayed));
      // Else the next worker has begun it anew.
      const begun = ran.records.filter((record) => record.kind === "replay" && record.key === LATE_KEY);
      expect(begun).toHaveLength(1);
    },
  );

  test("removes one version of one key if that harms the current object", LONG_TEST, async () => {
    const { cli, place, folder, raw } = await openHarmingWorld();
    await fill(raw, "harmed", () => ["plain", "plain"]);
    const ran = await cli("migrate", "s3://harmed", ...place, ...REPLAY, ...THREE, "--out", "harmed");
    expect(ran.stderr).not.toContain("error");
    const history = await historyOf(raw, "harmed");
    const plain = Object.values(history)
      .flat()
      .filter((entry) => "encryption" in entry && entry.encryption === "none");
    // The versions of the keys that were not begun any more, and those whose removal was not.
    expect(plain).toHaveLength(2 * KEYS - 1);
    const text = JSON.stringify(await recordsOf(join(folder, "harmed")));
    expect(text.match(/nothing more is removed/g)).toHaveLength(1);
  });
});

describe("--versions purge", () => {
  test(
    "removes, and says, with three workers what it does with one, and so if they are killed",
    LONG_TEST,
    async () => {
      const { cli, place, folder, raw } = await openWorld();
      const migrated = async (bucket: string, flags: readonly string[]) => {
        await fill(raw, bucket);
        const ran = await cli("migrate", `s3://${bucket}`, ...place, ...PURGE, ...flags, "--out", bucket);
        expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
        await expectWhole(join(folder, bucket));
        return { history: await historyOf(raw, bucket), said: await saidBy(join(folder, bucket)) };
      };
      const one = await migrated("one", ONE);
      expect(JSON.stringify(one.history)).not.toContain('"encryption":"none"');
      expect(one.said.total.noncurrent).toMatchObject({ outcomes: { removed: expect.anything() } });
      expect(await migrated("three", THREE)).toEqual(one);
      expect(await rangesOf(join(folder, "three"), "version-checkpoint")).toBeGreaterThan(2);
      for (const carriedOut of [true, false]) {
        const killed = await killedRun(["migrate", ...PURGE], { operation: "DeleteObject", nth: 2, carriedOut });
        expect(killed.history).toEqual(one.history);
        expect(killed.said.total.noncurrent).toEqual(one.said.total.noncurrent);
        const settled = JSON.stringify(killed.records).includes("removed by a process that was killed");
        if (carriedOut) expect(settled).toBe(true);
      }
    },
  );

  test("removes one version if that harms the current object", LONG_TEST, async () => {
    const { cli, place, folder, raw } = await openHarmingWorld();
    await fill(raw, "harmed", () => ["plain", "sealed"]);
    await cli("migrate", "s3://harmed", ...place, ...PURGE, ...THREE, "--out", "harmed");
    expect(Object.values(await historyOf(raw, "harmed")).flat()).toHaveLength(2 * KEYS - 1);
    const { noncurrent } = (await summaryOf(join(folder, "harmed"))).total;
    expect(noncurrent).toMatchObject({ closes: true, outcomes: { failed: { objects: 1 } } });
    expect(noncurrent?.plaintextBecause).toMatchObject({ "removals-stopped": { objects: KEYS - 1 } });
  });
});

test(
  "an audit says of noncurrent versions with three workers what it says with one, and so if they are killed",
  LONG_TEST,
  async () => {
    const { cli, place, folder, raw } = await openWorld({}, undefined, 40);
    await fill(raw, "audited");
    const audited = async (out: string, flags: readonly string[]) => {
      expect(await cli("audit", "s3://audited", ...place, ...flags, "--out", out)).toMatchObject({ code: 0 });
      await expectWhole(join(folder, out));
      return saidBy(join(folder, out));
    };
    const one = await audited("one", ONE);
    expect(one.total.noncurrent).toMatchObject({ listed: 42 });
    expect(await audited("three", [...THREE, ...SLOWLY])).toEqual(one);
    expect(await rangesOf(join(folder, "three"), "version-checkpoint")).toBeGreaterThan(2);
    for (const carriedOut of [true, false]) {
      const killed = await killedRun(["audit", ...SLOWLY], { operation: "HeadObject", nth: 2, carriedOut }, 40);
      expect(killed.said).toEqual(one);
    }
  },
);

/** Three versions in plaintext, in a range that a worker reads. */
const LATE_KEY = keyOf(30);

interface Moment {
  readonly operation: string;
  /** Which of these requests for the late key. */
  readonly nth: number;
  readonly carriedOut: boolean;
}

/** A run all workers of which are killed at that moment. Resolves with what is there then. */
async function killedRun([command = "", ...flags]: readonly string[], moment: Moment, headMs?: number) {
  let seen = 0;
  let running: Running | undefined;
  const { start, place, folder, raw } = await openWorld(
    {},
    async (operation, key) => {
      if (running === undefined || operation !== moment.operation || key !== LATE_KEY) return undefined;
      seen += 1;
      if (seen !== moment.nth) return undefined;
      const workers = await processesOf(running);
      for (const worker of workers) kill(worker);
      return moment.carriedOut ? undefined : { kind: "reset" };
    },
    headMs,
  );
  await fill(raw, "killed");
  running = start(command, "s3://killed", ...place, ...THREE, ...flags, "--out", "killed");
  const ran = await running.ended;
  running = undefined;
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("continues its part of the keys") });
  await expectWhole(join(folder, "killed"));
  const records = await recordsOf(join(folder, "killed"));
  return { history: await historyOf(raw, "killed"), records, said: await saidBy(join(folder, "killed")) };
}
