import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Baseline } from "../../../migrate/compare/baseline.js";
import type { Named } from "../../../migrate/compare/key-manifest.js";
import { BaselineContradicted } from "../../../migrate/compare/sample.js";
import { RunError } from "../../../migrate/errors.js";
import { RANGE_NOT_STARTED } from "../../../migrate/journal/resume.js";
import { WHOLE_RANGE } from "../../../migrate/model/key-range.js";
import { createRoom, type RangeRecords } from "../../../migrate/object/room.js";
import type { GivenFiles } from "../../../migrate/run/build-context.js";
import type { RangeWork } from "../../../migrate/run/process-range.js";
import { workersFor } from "../../../migrate/run/session.js";
import {
  type Channel,
  type Message,
  openChannel,
  type Port,
  workerProgram,
} from "../../../migrate/run/workers/channel.js";
import { RemoteRange, rangeCalls } from "../../../migrate/run/workers/remote-range.js";
import { remoteTurns } from "../../../migrate/run/workers/remote-turns.js";
import type { OwnerCalls } from "../../../migrate/run/workers/worker-calls.js";
import { type PoolTools, WorkerPool } from "../../../migrate/run/workers/worker-pool.js";
import { turnsWithin } from "../../../migrate/store/rate-limited-store.js";
import { RequestCounts } from "../../../migrate/store/transport/request.js";
import { openRemovals } from "../../../migrate/versions/removal-guard.js";
import { carried, facts } from "../fixtures/facts.js";
import { fakeClock, storeError } from "../fixtures/fake-store.js";
import { outcomeRecord, versionRecord } from "../fixtures/records.js";

/** Two ports, each of which receives what the other sends, as JSON. */
function portPair(): readonly [Port, Port] {
  const listeners: ((batch: readonly Message[]) => void)[] = [];
  const port = (mine: number, other: number): Port => ({
    send: (batch) => listeners[other]?.(JSON.parse(JSON.stringify(batch)) as Message[]),
    receive: (listener) => {
      listeners[mine] = listener;
    },
  });
  return [port(0, 1), port(1, 0)];
}

interface Calculator {
  add(given: readonly [number, number]): Promise<number>;
  fail(given: string): Promise<never>;
  note(given: string): void;
}

const CONTRADICTION = {
  bucket: "b",
  key: "k",
  versionId: null,
  said: "sse-s3",
  found: "none",
  detail: "encryption was sse-s3, and is none",
  at: "2026-01-01T00:00:00.000Z",
} as const;

function calculator() {
  const [here, there] = portPair();
  const noted: string[] = [];
  openChannel<object>(there, {
    add: async ([a, b]: readonly [number, number]) => a + b,
    fail: (what: string) => {
      if (what === "store") throw storeError("throttled", { status: 503 });
      if (what === "baseline") throw new BaselineContradicted(CONTRADICTION);
      if (what === "run") throw new RunError("over", { because: "canary", ofLocation: "no-copies" });
      throw new TypeError(what);
    },
    note: (text: string) => void noted.push(text),
  });
  return { noted, channel: openChannel<Calculator>(here, {}) };
}

describe("openChannel", () => {
  test("answers each call with its own value, and tells in order", async () => {
    const { channel, noted } = calculator();
    channel.tell("note", "one");
    const sums = await Promise.all([channel.call("add", [1, 2]), channel.call("add", [3, 4])]);
    channel.tell("note", "two");
    await turn();
    expect(sums).toEqual([3, 7]);
    await expect.poll(() => noted).toEqual(["one", "two"]);
  });

  test("carries refusals of the store and ends of a run as what they are", async () => {
    const { channel } = calculator();
    await expect(channel.call("fail", "store")).rejects.toMatchObject({ kind: "throttled", facts: { status: 503 } });
    await expect(channel.call("fail", "run")).rejects.toMatchObject({
      name: "RunError",
      message: "over",
      because: "canary",
      ofLocation: "no-copies",
    });
    const contradicted = await channel.call("fail", "baseline").catch((error: unknown) => error);
    expect(contradicted).toBeInstanceOf(BaselineContradicted);
    expect(contradicted).toMatchObject({ contradiction: CONTRADICTION });
    await expect(channel.call("fail", "a bug")).rejects.toMatchObject({ name: "TypeError", message: "a bug" });
  });

  test("rejects every call once the other side is gone", async () => {
    const { channel } = calculator();
    const pending = channel.call("add", [1, 2]);
    channel.close(new Error("gone"));
    await expect(pending).rejects.toThrow("gone");
    await expect(channel.call("add", [1, 2])).rejects.toThrow("gone");
  });
});

/** An owner with this ceiling of writes, and workers that take its turns. */
function ownerWith(writesPerSecond: number | null, workers: number) {
  const clock = fakeClock();
  const { read, write } = turnsWithin({ readsPerSecond: null, writesPerSecond }, { clock });
  const owner = {
    call: (_: string, { count }: { count: number }) => write.passMany(count),
    tell: (_: string, given: { answered: number; refused: number }) => {
      for (let nth = 0; nth < given.refused; nth += 1) write.settled(clock.now(), "refused");
    },
  } as unknown as Channel<OwnerCalls>;
  const limited = { read: read.isLimited, write: write.isLimited };
  return { clock, write, turns: Array.from({ length: workers }, () => remoteTurns(owner, limited)) };
}

describe("remoteTurns", () => {
  test("keep all workers together below the ceiling, in any ten seconds", async () => {
    const { clock, turns } = ownerWith(300, 4);
    const sentAt: number[] = [];
    let isOver = false;
    const send = async ({ write }: (typeof turns)[number]) => {
      while (!isOver) {
        await write.pass();
        sentAt.push(clock.now());
      }
    };
    for (const worker of turns) for (let nth = 0; nth < 32; nth += 1) void send(worker);
    await clock.pass(30_000);
    isOver = true;
    for (const worker of turns) worker.close();
    for (let from = 0; from <= 20_000; from += 500) {
      const sent = sentAt.filter((at) => at >= from && at < from + 10_000).length;
      expect(sent).toBeGreaterThanOrEqual(2850);
      expect(sent).toBeLessThanOrEqual(3050);
    }
  });

  test("take no turns without a limit", async () => {
    const { turns } = ownerWith(null, 1);
    for (const worker of turns) {
      for (let nth = 0; nth < 10_000; nth += 1) expect(worker.write.pass()).toBeUndefined();
      worker.close();
    }
  });
});

describe("workersFor", () => {
  const manifestOf = (lines: number) => ({ named: { record: { lines } } as Named });
  const baseline = {} as Baseline;
  test.each<[string, number, Partial<GivenFiles>, object?]>([
    ["a whole listing", 4, {}],
    ["a manifest", 4, manifestOf(1000)],
    ["a short manifest", 1, manifestOf(999)],
    ["a baseline", 1, { baseline }],
    ["a baseline with --workers 4", 4, { baseline }, { workers: { count: 4, isGiven: true } }],
    ["a short manifest with --workers 4", 4, manifestOf(1), { workers: { count: 4, isGiven: true } }],
    ["more workers than objects in flight", 3, {}, { concurrency: 3 }],
  ])("shares %s between %i processes", (_, processes, files, options) => {
    const shared = { workers: { count: 4, isGiven: false }, concurrency: 64 } as const;
    expect(workersFor({ ...shared, ...options }, { named: null, baseline: null, ...files })).toBe(processes);
  });
});

describe("WorkerPool", () => {
  test("gives ranges to other processes only once they help, and looks for more ranges for them then", async () => {
    let helpers = 0;
    const taken: string[] = [];
    const room = createRoom(64, 64);
    const tools = {
      workers: 3,
      helpers: () => helpers,
      room,
      prepare: () => new Promise<never>(() => undefined),
      openRemovals: () => openRemovals().open(),
      calls: {},
      counts: new RequestCounts(),
      remote: (work: RangeWork, records: RangeRecords) => {
        taken.push("there");
        return new RemoteRange(work, records, { settings: null, earlier: [] });
      },
      runHere: () => {
        taken.push("here");
        return { done: new Promise<never>(() => undefined), range: WHOLE_RANGE, lastKey: null, listed: 0 };
      },
    } as unknown as PoolTools;
    const pool = new WorkerPool(tools);
    onTestFinished(() => pool.close());
    const begin = () => pool.start(WORK, { onResult: () => undefined, stop: new AbortController().signal });
    begin();
    begin();
    expect(pool.waitsForListing()).toBe(true);
    expect(taken).toEqual(["here", "here"]);
    helpers = 1;
    expect(pool.isBusy()).toBe(false);
    for (let nth = 0; nth < 4; nth += 1) begin();
    expect(taken.slice(2)).toEqual(["there", "there", "there", "here"]);
  });
});

describe("workerProgram", () => {
  test("is that of the package, beside its chunks", async () => {
    const { chunk, put } = await installed();
    const program = await put("node_modules/bucketseal/dist/cli/worker-process.js");
    expect(workerProgram(chunk)).toBe(program);
  });

  test("is looked for nowhere outside of the package", async () => {
    const { chunk, put } = await installed();
    await put("node_modules/cli/worker-process.js");
    await put("node_modules/dist/cli/worker-process.js");
    expect(() => workerProgram(chunk)).toThrow(/is missing from the package: install it again/);
  });

  test("of the sources is the one that was built of them", () => {
    expect(workerProgram()).toBe(fileURLToPath(new URL("../../../dist/cli/worker-process.js", import.meta.url)));
  });
});

/** A folder for an installed package, and the URL of a chunk in it. */
async function installed() {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-package-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const put = async (path: string) => {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, "");
    return place;
  };
  return { put, chunk: pathToFileURL(await put("node_modules/bucketseal/dist/chunks/worker-pool.js")).href };
}

const SCOPE = { bucket: "b", prefix: "" };
const WORK = {
  kind: "objects",
  scope: SCOPE,
  progress: RANGE_NOT_STARTED,
  unplaced: new Set<string>(),
  unplacedHere: 0,
} as const;

describe("RemoteRange", () => {
  const records = { onResult: () => undefined, stop: new AbortController().signal };
  const mark = { listed: 9, filteredOut: 0, end: false, at: "2026-01-01T00:00:00.000Z" };

  /** A range whose worker has ended. The next one begins at its mark, so it would accept any cut. */
  function leftRange() {
    const range = new RemoteRange(WORK, records, { settings: null, earlier: [] });
    range.narrowThere = async () => true;
    return range;
  }

  test("is not cut before a key that is done or begun, which the range behind the cut would do once more", async () => {
    const range = leftRange();
    range.wrote({ ...outcomeRecord(), bucket: "b", key: "m" });
    range.began({ facts: facts({ bucket: "b", key: "p" }), carried: carried(), strategy: "copy" });
    expect([await range.narrow("k"), await range.narrow("n"), range.range.through]).toEqual([false, false, null]);
    expect([await range.narrow("q"), range.range.through]).toEqual([true, "q"]);
  });

  test("is cut anywhere behind its mark", async () => {
    const range = leftRange();
    range.wrote({ ...outcomeRecord(), bucket: "b", key: "m" });
    range.wrote({ kind: "checkpoint", ...SCOPE, upTo: "m", ...mark });
    expect(await range.narrow("k")).toBe(true);
  });

  test("of versions is not cut before one that is done", async () => {
    const part = { range: WHOLE_RANGE, checkpoint: null, done: new Map(), hasUnplaced: false };
    const range = new RemoteRange({ kind: "versions", scope: SCOPE, part }, records, { settings: null, earlier: [] });
    range.narrowThere = async () => true;
    range.wrote({ ...versionRecord(), bucket: "b", key: "m" });
    expect([await range.narrow("k"), await range.narrow("m")]).toEqual([false, true]);
  });
});

describe("rangeCalls", () => {
  const checkpoint = (end: boolean) =>
    ({
      kind: "checkpoint",
      ...SCOPE,
      upTo: "k",
      listed: 1,
      filteredOut: 0,
      end,
      at: "2026-01-01T00:00:00.000Z",
    }) as const;

  /** The error with which a range ends whose worker wrote these lines and said that it ended. */
  function endOf(lines: readonly boolean[], isStopped = false): unknown {
    const stop = new AbortController();
    const records = { onResult: () => undefined, stop: stop.signal };
    const range = new RemoteRange(WORK, records, { settings: null, earlier: [] });
    for (const end of lines) range.wrote(checkpoint(end));
    if (isStopped) stop.abort();
    const ends: unknown[] = [];
    const calls = rangeCalls(new Map([[1, range]]), {
      write: async () => undefined,
      begin: async () => undefined,
      onLine: () => undefined,
      onState: () => undefined,
      onEnded: (_, { error }) => void ends.push(error),
    });
    calls.ended({ range: 1 });
    return ends[0];
  }

  test("ends a range without an error only if it is read to its end, or was stopped", () => {
    expect(endOf([false, true])).toBeUndefined();
    expect(endOf([false], true)).toBeUndefined();
    expect(endOf([])).toMatchObject({ message: "its worker stopped before its end" });
    expect(endOf([true, false])).toMatchObject({ message: "its worker stopped before its end" });
  });
});
