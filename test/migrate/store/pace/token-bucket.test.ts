import { describe, expect, test } from "vitest";
import { createTurnstile, TokenBucket } from "../../../../migrate/store/pace/token-bucket.js";
import { fakeClock } from "../../fixtures/fake-store.js";

function bucketOf(ratePerSecond: number, most = ratePerSecond) {
  const state = { ms: 0, ratePerSecond };
  const filling = { ratePerSecond: () => state.ratePerSecond, most: () => most };
  return { state, bucket: new TokenBucket(filling, () => state.ms) };
}

const takeTimes = (bucket: TokenBucket, times: number) => Array.from({ length: times }, () => bucket.tryTake());

describe("TokenBucket", () => {
  test("hands out its content at once, and then returns how long to wait", () => {
    const { bucket } = bucketOf(10);
    expect(takeTimes(bucket, 12)).toEqual([...Array(10).fill(0), 100, 100]);
  });

  test("refills over time, up to its capacity", () => {
    const { bucket, state } = bucketOf(10);
    takeTimes(bucket, 10);
    state.ms = 500;
    expect(takeTimes(bucket, 6)).toEqual([0, 0, 0, 0, 0, 100]);
    state.ms = 3_600_000;
    expect(takeTimes(bucket, 11)).toEqual([...Array(10).fill(0), 100]);
  });

  test("never exceeds its rate over any interval, beyond one burst", () => {
    const { bucket, state } = bucketOf(50);
    const takenAt: number[] = [];
    while (takenAt.length < 1000) {
      const waitMs = bucket.tryTake();
      if (waitMs === 0) takenAt.push(state.ms);
      state.ms += waitMs + (takenAt.length % 7);
    }
    for (const at of takenAt) {
      expect(takenAt.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(100);
    }
    expect((takenAt.at(-1) ?? 0) / 1000).toBeGreaterThanOrEqual((1000 - 50) / 50 - 0.1);
  });

  test("hands out single tokens at a rate below one per second", () => {
    const { bucket, state } = bucketOf(0.5, 0.5);
    expect(bucket.tryTake()).toBe(1000);
    state.ms = 1000;
    expect(takeTimes(bucket, 2)).toEqual([0, 2000]);
  });

  test("follows a changing rate, and has no burst after a drain", () => {
    const { bucket, state } = bucketOf(10);
    bucket.drain();
    expect(bucket.tryTake()).toBe(100);
    state.ratePerSecond = 2;
    expect(bucket.tryTake()).toBe(500);
    state.ms = 500;
    expect(takeTimes(bucket, 2)).toEqual([0, 500]);
  });

  test("never waits at an unlimited rate", () => {
    const { bucket } = bucketOf(Number.POSITIVE_INFINITY);
    expect(takeTimes(bucket, 10_000).every((waitMs) => waitMs === 0)).toBe(true);
  });

  test("accepts extra tokens, up to its capacity", () => {
    const { bucket } = bucketOf(1, 5);
    takeTimes(bucket, 5);
    expect(bucket.tryTake()).toBe(1000);
    bucket.add(1);
    expect(bucket.tryTake()).toBe(0);
    bucket.add(100);
    expect(takeTimes(bucket, 6)).toEqual([0, 0, 0, 0, 0, 1000]);
  });
});

/** One may pass every 100 ms; `passed` holds who did, and when. */
function onePer100Ms() {
  const clock = fakeClock();
  let freeAt = 0;
  const tryPass = () => {
    if (clock.now() < freeAt) return freeAt - clock.now();
    freeAt = clock.now() + 100;
    return 0;
  };
  const turnstile = createTurnstile(tryPass, clock);
  const passed: [string, number][] = [];
  const send = (name: string, signal?: AbortSignal) =>
    void Promise.resolve(turnstile.pass(signal)).then(() => passed.push([name, clock.now()]));
  const open = () => {
    freeAt = 0;
    turnstile.wake();
  };
  return { clock, send, passed, open };
}

test("createTurnstile lets callers through one by one, in order of arrival", async () => {
  const { clock, send, passed } = onePer100Ms();
  for (const name of ["a", "b", "c"]) send(name);
  await clock.pass(150);
  send("d");
  await clock.pass(1000);
  expect(passed).toEqual([
    ["a", 0],
    ["b", 100],
    ["c", 200],
    ["d", 300],
  ]);
});

test("createTurnstile releases interrupted callers at once, and keeps the order of the others", async () => {
  const { clock, send, passed } = onePer100Ms();
  const interruption = new AbortController();
  send("a");
  send("b", interruption.signal);
  send("c");
  send("d", interruption.signal);
  await clock.pass(10);
  interruption.abort();
  send("e", interruption.signal);
  await clock.pass(1000);
  expect(passed).toEqual([
    ["a", 0],
    ["b", 10],
    ["d", 10],
    ["e", 10],
    ["c", 100],
  ]);
});

test("createTurnstile checks again when it is woken", async () => {
  const { clock, send, passed, open } = onePer100Ms();
  for (const name of ["a", "b", "c"]) send(name);
  await clock.pass(10);
  open();
  await clock.pass(1000);
  expect(passed).toEqual([
    ["a", 0],
    ["b", 10],
    ["c", 110],
  ]);
});
