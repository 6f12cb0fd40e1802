import { describe, expect, test } from "vitest";
import { adaptiveRate } from "../../../../migrate/store/pace/adaptive-rate.js";

function rateOf(ceiling: number | null) {
  const state = { ms: 0 };
  const rate = adaptiveRate(ceiling, () => state.ms);
  const send = (times: number) => {
    for (let n = 0; n < times; n += 1) rate.sent();
  };
  return { state, rate, send };
}

describe("a rate with a ceiling", () => {
  test("is the ceiling until the store refuses, and then a half of it", () => {
    const { rate, send } = rateOf(300);
    send(300);
    expect(rate.perSecond()).toBe(300);
    expect(rate.refused(0)).toBe(true);
    expect(rate.perSecond()).toBe(150);
  });

  test("falls once for all requests that were under way when it fell, and once a second at most", () => {
    const { rate, send, state } = rateOf(400);
    send(400);
    state.ms = 50;
    expect(Array.from({ length: 64 }, () => rate.refused(0))).toEqual([true, ...Array(63).fill(false)]);
    state.ms = 600;
    expect(rate.refused(500)).toBe(false);
    state.ms = 5000;
    expect(rate.refused(49)).toBe(false);
    expect(rate.perSecond()).toBe(200);
    send(200);
    expect(rate.refused(1050)).toBe(true);
    expect(rate.perSecond()).toBe(100);
  });

  test("never falls below one a second", () => {
    const { rate, state } = rateOf(300);
    for (let second = 1; second < 60; second += 1) {
      state.ms = second * 2000;
      rate.refused(state.ms);
    }
    expect(rate.perSecond()).toBe(1);
  });

  test("does not climb before the store answers again, nor for an answer to what was sent before", () => {
    const { rate, state } = rateOf(300);
    state.ms = 100;
    rate.refused(0);
    rate.answered(50);
    state.ms = 3_600_000;
    expect(rate.perSecond()).toBe(50);
    rate.answered(200);
    state.ms += 1000;
    expect(rate.perSecond()).toBeGreaterThan(50);
  });

  test("climbs all the way back, even from one a second, and no further", () => {
    const { rate, state } = rateOf(3500);
    for (let second = 1; second < 60; second += 1) {
      state.ms = second * 2000;
      rate.refused(state.ms);
    }
    rate.answered(state.ms);
    let earlier = rate.perSecond();
    for (let second = 0; second < 60; second += 1) {
      state.ms += 1000;
      expect(rate.perSecond()).toBeGreaterThanOrEqual(earlier);
      earlier = rate.perSecond();
    }
    expect(earlier).toBe(3500);
  });

  test("falls from what was really sent where that was much less, for else falling would change nothing", () => {
    const { rate, send } = rateOf(1_000_000);
    send(500);
    rate.refused(0);
    expect(rate.perSecond()).toBe(250);
    const idle = rateOf(1_000_000);
    idle.send(3);
    idle.rate.refused(0);
    expect(idle.rate.perSecond()).toBe(50);
  });
});

describe("a rate without a ceiling", () => {
  test("is unlimited until the store refuses, and then a half of what was measured", () => {
    const { rate, send, state } = rateOf(null);
    send(5000);
    expect(rate.perSecond()).toBe(Number.POSITIVE_INFINITY);
    state.ms = 2000;
    send(800);
    rate.refused(2000);
    expect(rate.perSecond()).toBe(400);
  });

  test("is unlimited again once it has climbed to twice of what was refused", () => {
    const { rate, send, state } = rateOf(null);
    send(800);
    rate.refused(0);
    rate.answered(0);
    const climbed: number[] = [];
    while (rate.perSecond() < 1600) {
      climbed.push(rate.perSecond());
      state.ms += 500;
    }
    expect(climbed.at(-1)).toBeGreaterThan(1300);
    expect(state.ms).toBeLessThan(30_000);
    expect(rate.perSecond()).toBe(Number.POSITIVE_INFINITY);
  });
});
