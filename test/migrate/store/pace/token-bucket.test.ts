import { describe, expect, test } from "vitest";
import { TokenBucket } from "../../../../migrate/store/pace/token-bucket.js";

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
