import { describe, expect, test } from "vitest";
import type { ObjectStore } from "../../../../migrate/store/object-store.js";
import { watchLoopStalls } from "../../../../migrate/store/pace/adaptive-rate.js";
import { pause } from "../../../../migrate/store/pace/token-bucket.js";
import { type RateChange, rateLimitedStore } from "../../../../migrate/store/rate-limited-store.js";
import { type FakeClock, fakeClock, fakeStore, storeError } from "../../fixtures/fake-store.js";

const OBJECT = { bucket: "b", key: "k", headers: {} };
const WORKERS = 64;
const ROUND_TRIP_MS = 20;

interface Second {
  readonly taken: number;
  readonly refused: number;
}

/** A store that takes so many requests within a second of the clock, and refuses all others until it is over. */
function storeThatTakes(capacity: { perSecond: number }, clock: FakeClock) {
  const seconds: { taken: number; refused: number }[] = [];
  const copyObject: ObjectStore["copyObject"] = async () => {
    await pause(ROUND_TRIP_MS / 2, clock);
    const index = Math.floor(clock.now() / 1000);
    while (seconds.length <= index) seconds.push({ taken: 0, refused: 0 });
    const second = seconds[index] ?? { taken: 0, refused: 0 };
    const taken = second.taken < capacity.perSecond;
    if (taken) second.taken += 1;
    else second.refused += 1;
    await pause(ROUND_TRIP_MS / 2, clock);
    if (!taken) throw storeError("throttled", { operation: "copyObject" });
    return { etag: "e", versionId: null, requestId: null };
  };
  return { store: fakeStore({ copyObject }), seconds };
}

function simulate(ceiling: number | null, perSecond: number) {
  const clock = fakeClock();
  const capacity = { perSecond };
  const { store, seconds } = storeThatTakes(capacity, clock);
  const changes: RateChange[] = [];
  const limits = { readsPerSecond: null, writesPerSecond: ceiling };
  const limited = rateLimitedStore(store, limits, { clock, onRate: (change) => changes.push(change) });
  const work = async () => {
    for (;;) await limited.copyObject(OBJECT).catch(() => pause(200, clock));
  };
  for (let n = 0; n < WORKERS; n += 1) void work();
  return { clock, capacity, seconds, changes };
}

function sum(seconds: readonly Second[]): Second {
  const of = (name: keyof Second) => seconds.reduce((total, second) => total + second[name], 0);
  return { taken: of("taken"), refused: of("refused") };
}

describe.each([
  ["below its ceiling", 300, 100],
  ["far below its ceiling", 3500, 100],
  ["and has no ceiling", null, 400],
  ["and has next to nothing to give", 300, 5],
])("rateLimitedStore on a store that takes less, %s", (_, ceiling, takes) => {
  test("settles near the rate of the store, and few requests are refused", { tags: ["slow"] }, async () => {
    const { clock, seconds } = simulate(ceiling, takes);
    await clock.pass(60_000);
    const settled = sum(seconds.slice(20, 60));
    expect(settled.taken / 40).toBeGreaterThan(takes * 0.9);
    expect(settled.refused).toBeLessThan(Math.max(settled.taken * 0.05, 60));
  });
});

test("without adaptive rate the simulated store refuses most requests", async () => {
  const clock = fakeClock();
  const { store, seconds } = storeThatTakes({ perSecond: 100 }, clock);
  const hammer = async () => {
    for (;;) await store.copyObject(OBJECT).catch(() => pause(200, clock));
  };
  for (let n = 0; n < WORKERS; n += 1) void hammer();
  await clock.pass(20_000);
  const { taken, refused } = sum(seconds);
  expect(refused).toBeGreaterThan(taken);
});

test("rateLimitedStore reaches the ceiling again after the store got faster, and reports each change", async () => {
  const { clock, capacity, seconds, changes } = simulate(300, 50);
  await clock.pass(30_000);
  const lowest = Math.min(...changes.map(({ perSecond }) => perSecond ?? Number.POSITIVE_INFINITY));
  expect(lowest).toBeLessThanOrEqual(50);
  expect(changes.at(-1)).toMatchObject({ access: "write", ceiling: 300 });
  expect(changes.at(-1)?.perSecond).toBeLessThan(150);
  capacity.perSecond = 1000;
  await clock.pass(30_000);
  expect(changes.at(-1)).toEqual({ access: "write", perSecond: 300, ceiling: 300 });
  expect(sum(seconds.slice(50, 60)).taken).toBeGreaterThan(2900);
  const told = changes.length;
  await clock.pass(10_000);
  expect(changes).toHaveLength(told);
});

test("rateLimitedStore reports no throttling if the store refuses nothing", async () => {
  const { clock, seconds, changes } = simulate(300, 1000);
  await clock.pass(10_000);
  expect(changes).toEqual([]);
  expect(sum(seconds.slice(1, 9)).taken / 8).toBeCloseTo(300, -1);
});

test("rateLimitedStore counts only broken connections as refusals, and slows no reads for refused writes", async () => {
  const clock = fakeClock();
  const changes: RateChange[] = [];
  const store = fakeStore({
    headObject: () => Promise.reject(storeError("not-found")),
    copyObject: () => Promise.reject(storeError("unreachable")),
  });
  const limits = { readsPerSecond: 900, writesPerSecond: 300 };
  const limited = rateLimitedStore(store, limits, { clock, onRate: (change) => changes.push(change) });
  const refuseFor = async (call: () => Promise<unknown>) => {
    for (let tenth = 0; tenth < 11; tenth += 1) {
      await expect(call()).rejects.toThrow();
      await clock.pass(100);
    }
  };
  await refuseFor(() => limited.headObject(OBJECT));
  expect(changes).toEqual([]);
  await refuseFor(() => limited.copyObject(OBJECT));
  expect(changes).toEqual([{ access: "write", perSecond: 50, ceiling: 300 }]);
});

test("rateLimitedStore keeps most of its rate if one connection in fifty breaks", async () => {
  const clock = fakeClock();
  let calls = 0;
  const copyObject: ObjectStore["copyObject"] = async () => {
    calls += 1;
    const breaks = calls % 50 === 0;
    await pause(ROUND_TRIP_MS, clock);
    if (breaks) throw storeError("unreachable");
    return { etag: "e", versionId: null, requestId: null };
  };
  const limits = { readsPerSecond: null, writesPerSecond: 300 };
  const limited = rateLimitedStore(fakeStore({ copyObject }), limits, { clock });
  const work = async () => {
    for (;;) await limited.copyObject(OBJECT).catch(() => undefined);
  };
  for (let n = 0; n < WORKERS; n += 1) void work();
  await clock.pass(30_000);
  expect(calls / 30).toBeGreaterThan(150);
});

describe("rateLimitedStore when requests bring nothing in time", () => {
  const changesWhen = async (stalled: boolean) => {
    const clock = fakeClock();
    const copyObject = async () => {
      await pause(300, clock);
      throw storeError("unreachable", { operation: "copyObject" });
    };
    const changes: RateChange[] = [];
    const limits = { readsPerSecond: null, writesPerSecond: 300 };
    const tools = { clock, onRate: (change: RateChange) => changes.push(change), stalls: { since: () => stalled } };
    const limited = rateLimitedStore(fakeStore({ copyObject }), limits, tools);
    const work = async () => {
      for (;;) await limited.copyObject(OBJECT).catch(() => undefined);
    };
    for (let n = 0; n < WORKERS; n += 1) void work();
    await clock.pass(3000);
    return changes;
  };

  test("sends fewer", async () => {
    expect((await changesWhen(false)).length).toBeGreaterThan(0);
  });

  test("sends as many as before if this process stalled meanwhile", async () => {
    expect(await changesWhen(true)).toEqual([]);
  });
});

test("watchLoopStalls shows a stall to the requests that were sent before it ended, and to no later ones", async () => {
  const stalls = watchLoopStalls();
  try {
    const before = performance.now();
    // The first sample is compared with the next one.
    await expect.poll(() => performance.now() - before, { interval: 20 }).toBeGreaterThan(120);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    await expect.poll(() => stalls.since(before), { interval: 20 }).toBe(true);
    expect(stalls.since(performance.now() + 1)).toBe(false);
  } finally {
    stalls.close();
  }
});
