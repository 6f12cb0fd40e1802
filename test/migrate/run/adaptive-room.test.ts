import pLimit from "p-limit";
import { describe, expect, test } from "vitest";
import { createBusyCheck, loopBusyShare, openAdaptiveRoom, StoreLoad } from "../../../migrate/run/adaptive-room.js";
import { pause } from "../../../migrate/store/pace/token-bucket.js";
import { turnsWithin } from "../../../migrate/store/rate-limited-store.js";
import { fakeClock } from "../fixtures/fake-store.js";

const LIMIT = 512;
const AT_FIRST = 64;

interface World {
  /** How long a HEAD takes alone. */
  latencyMs?: number;
  /** How many requests the store works on at once; the others wait in it. */
  atOnce?: number;
  readsPerSecond?: number | null;
  busyShare?: number;
  limit?: number;
  /** How many objects there are at once to work on. */
  demand?: number;
  /** Other requests of an object between its two HEADs, one after the other. Without, an object is one HEAD. */
  between?: number;
  /** Before its first object, a run looks at a few objects, and then does other things for as long. */
  idleMs?: number;
}

/** A run on a simulated store. */
function simulate({ latencyMs = 100, atOnce = 1e6, readsPerSecond = null, busyShare = 0, ...given }: World) {
  const world = { latencyMs, busyShare };
  const clock = fakeClock();
  const turns = turnsWithin({ readsPerSecond, writesPerSecond: null }, { clock });
  const load = new StoreLoad(turns);
  const tools = { load, clock, busyShare: () => world.busyShare };
  const room = openAdaptiveRoom(given.limit ?? LIMIT, AT_FIRST, tools);
  const servers = pLimit(atOnce);
  const head = async () => {
    await turns.read.pass();
    const sentAt = clock.now();
    await servers(() => pause(world.latencyMs, clock));
    load.look(clock.now() - sentAt, clock.now());
  };
  const migrate = async () => {
    await head();
    await pause(world.latencyMs * (given.between ?? 0), clock);
    await head();
  };
  const object = given.between === undefined ? head : migrate;
  const demand = given.demand ?? Number.POSITIVE_INFINITY;
  const fill = async () => {
    if (given.idleMs) {
      for (let nth = 0; nth < AT_FIRST; nth += 1) void room.take(head, undefined);
      await pause(given.idleMs, clock);
    }
    for (;;) {
      while (room.inFlight < Math.min(room.most, demand)) void room.take(object, undefined);
      if (room.inFlight < room.most) await pause(10, clock);
      else await room.free();
    }
  };
  void fill();
  return { world, room, clock };
}

describe("openAdaptiveRoom", () => {
  test("grows to its limit within three seconds if each object more brings more answers", {
    tags: ["slow"],
  }, async () => {
    const { room, clock } = simulate({});
    expect(room.most).toBe(AT_FIRST);
    await clock.pass(3000);
    expect(room.most).toBe(LIMIT);
  });

  test.each([
    ["of four requests, which begin and end in step", { between: 2, idleMs: 0 }],
    ["that are copied slowly", { between: 5, idleMs: 0 }],
    ["that begin after other requests and a pause", { between: 2, idleMs: 3000 }],
  ])("grows to its limit within three seconds of objects %s", async (_, world) => {
    const { room, clock } = simulate({ latencyMs: 50, ...world });
    await clock.pass(world.idleMs + 3000);
    expect(room.most).toBe(LIMIT);
  });

  test("never begins above its limit", async () => {
    const { room, clock } = simulate({ limit: 8 });
    expect(room.most).toBe(8);
    await clock.pass(2000);
    expect(room.most).toBe(8);
  });

  test("stays as it is while there are fewer objects than room", async () => {
    const { room, clock } = simulate({ demand: 40 });
    await clock.pass(5000);
    expect(room.most).toBe(AT_FIRST);
  });

  test("stays as it is while this process is busy", async () => {
    const { room, clock } = simulate({ busyShare: 0.95 });
    await clock.pass(5000);
    expect(room.most).toBe(AT_FIRST);
  });

  test("hardly grows while a rate limit decides", async () => {
    const { room, clock } = simulate({ readsPerSecond: 300 });
    await clock.pass(20_000);
    expect(room.most).toBeLessThanOrEqual(2 * AT_FIRST);
  });

  test("grows under a rate limit that takes more in flight, and not much beyond what it takes", {
    tags: ["slow"],
  }, async () => {
    // 2,000 a second that take 200 ms each: 400 at once.
    const { room, clock } = simulate({ readsPerSecond: 2000, latencyMs: 200 });
    await clock.pass(20_000);
    expect(room.most).toBeGreaterThan(350);
    expect(room.most).toBeLessThan(800);
  });

  test("does not grow far beyond what the store works on at once", { tags: ["slow"] }, async () => {
    const { room, clock } = simulate({ atOnce: 200 });
    await clock.pass(30_000);
    expect(room.most).toBeGreaterThanOrEqual(200);
    expect(room.most).toBeLessThanOrEqual(324);
  });

  test("shrinks to its first size while a store is slow, and grows again once it is fast", {
    tags: ["slow"],
  }, async () => {
    const { world, room, clock } = simulate({});
    await clock.pass(3000);
    world.latencyMs = 600;
    await clock.pass(15_000);
    expect(room.most).toBe(AT_FIRST);
    world.latencyMs = 100;
    await clock.pass(5000);
    expect(room.most).toBe(LIMIT);
  });

  test("takes a store that stays slow for one that is so", { tags: ["slow"] }, async () => {
    const { world, room, clock } = simulate({});
    await clock.pass(3000);
    world.latencyMs = 600;
    await clock.pass(60_000);
    expect(room.most).toBe(LIMIT);
  });

  test("stops looking once it is closed", async () => {
    const { room, clock } = simulate({});
    room.close();
    await clock.pass(5000);
    expect(room.most).toBe(AT_FIRST);
  });
});

test("loopBusyShare says the same to all who ask at about the same time, and not that they kept the process busy", async () => {
  const share = loopBusyShare();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const first = share();
  expect(first).toBeLessThan(0.9);
  for (const until = performance.now() + 20; performance.now() < until; ) expect(share()).toBe(first);
});

test("createBusyCheck holds once the process was busy for as long as asked", async () => {
  const isBusy = createBusyCheck(1500);
  const spin = (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until; );
    return new Promise((resolve) => setImmediate(resolve));
  };
  await spin(50);
  expect(isBusy()).toBe(false);
  await spin(1500);
  expect(isBusy()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  expect(isBusy()).toBe(false);
});
