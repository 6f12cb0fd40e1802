import { describe, expect, test } from "vitest";
import { adaptiveRate, type Settled } from "../../../../migrate/store/pace/adaptive-rate.js";

function rateOf(ceiling: number | null) {
  const state = { ms: 0 };
  const rate = adaptiveRate(ceiling, () => state.ms);
  const settle = (times: number, as: Settled) => {
    let falls = 0;
    for (let n = 0; n < times; n += 1) falls += rate.settled(state.ms, as) ? 1 : 0;
    return falls;
  };
  /** A second of so many requests, of which so many are refused; how often the rate fell. */
  const second = ({ sent, refused, as = "refused" }: { sent: number; refused: number; as?: "refused" | "broken" }) => {
    const first = settle(1, refused > 0 ? as : "answered");
    state.ms += 500;
    for (let n = 0; n < sent; n += 1) rate.sent();
    const next = settle(refused - 1, as) + settle(sent - Math.max(refused, 1) - 1, "answered");
    state.ms += 500;
    return first + next + settle(1, refused === sent ? as : "answered");
  };
  return { state, rate, second };
}

describe("adaptiveRate with a ceiling", () => {
  test("stays at the ceiling until the store refuses", () => {
    const { rate, second } = rateOf(300);
    expect(second({ sent: 300, refused: 0 })).toBe(0);
    expect(rate.perSecond()).toBe(300);
  });

  test.each([
    [300, 150],
    [200, 150],
    [90, 210],
    [3, 297],
  ])("falls once after a second with %d of 300 refused, to %d: the accepted rate or half", (refused, left) => {
    const { rate, second } = rateOf(300);
    expect(second({ sent: 300, refused })).toBe(1);
    expect(rate.perSecond()).toBe(left);
  });

  test("does not fall again for requests that were in flight when it fell", () => {
    const { rate, second, state } = rateOf(400);
    second({ sent: 400, refused: 400 });
    state.ms += 30_000;
    for (let n = 0; n < 64; n += 1) expect(rate.settled(900, "refused")).toBe(false);
    state.ms += 30_000;
    expect(rate.settled(900, "refused")).toBe(false);
    expect(rate.perSecond()).toBe(200);
    expect(second({ sent: 200, refused: 200 })).toBe(1);
    expect(rate.perSecond()).toBe(100);
  });

  test("never falls below one per second", () => {
    const { rate, second } = rateOf(300);
    for (let n = 0; n < 30; n += 1) second({ sent: 5, refused: 5 });
    expect(rate.perSecond()).toBe(1);
  });

  test("climbs only after the store answers a request sent since the fall", () => {
    const { rate, second, state } = rateOf(300);
    second({ sent: 300, refused: 300 });
    rate.settled(500, "answered");
    state.ms = 3_600_000;
    expect(rate.perSecond()).toBe(150);
    rate.settled(state.ms, "answered");
    state.ms += 1000;
    expect(rate.perSecond()).toBeGreaterThan(150);
  });

  test("climbs back to the ceiling, even from one per second, and no further", () => {
    const { rate, second, state } = rateOf(3500);
    for (let n = 0; n < 30; n += 1) second({ sent: 5, refused: 5 });
    rate.settled(state.ms, "answered");
    let earlier = rate.perSecond();
    for (let n = 0; n < 60; n += 1) {
      state.ms += 1000;
      expect(rate.perSecond()).toBeGreaterThanOrEqual(earlier);
      earlier = rate.perSecond();
    }
    expect(earlier).toBe(3500);
  });

  test("falls from the rate really sent if that was much lower", () => {
    const busy = rateOf(1_000_000);
    busy.second({ sent: 500, refused: 500 });
    expect(busy.rate.perSecond()).toBeLessThanOrEqual(250);
    const idle = rateOf(1_000_000);
    idle.second({ sent: 3, refused: 3 });
    expect(idle.rate.perSecond()).toBe(50);
  });
});

describe("adaptiveRate without a ceiling", () => {
  test("is unlimited until the store refuses, then falls from the measured rate", () => {
    const { rate, second, state } = rateOf(null);
    second({ sent: 5000, refused: 0 });
    expect(rate.perSecond()).toBe(Number.POSITIVE_INFINITY);
    state.ms += 5000;
    second({ sent: 800, refused: 800 });
    expect(rate.perSecond()).toBe(400);
  });

  test("is unlimited again after it climbed to twice the refused rate", () => {
    const { rate, second, state } = rateOf(null);
    second({ sent: 800, refused: 800 });
    const from = rate.perSecond();
    rate.settled(state.ms, "answered");
    const climbed: number[] = [];
    for (let n = 0; n < 120 && Number.isFinite(rate.perSecond()); n += 1) {
      climbed.push(rate.perSecond());
      state.ms += 500;
    }
    expect(rate.perSecond()).toBe(Number.POSITIVE_INFINITY);
    expect(climbed.at(-1)).toBeGreaterThan(from * 2);
    expect(state.ms).toBeLessThan(40_000);
  });
});

describe("adaptiveRate after broken connections", () => {
  const broken = (sent: number) => ({ sent, refused: sent, as: "broken" }) as const;

  test.each([300, null])("falls by half, and is back within two seconds, with a ceiling of %j", (ceiling) => {
    const { rate, second, state } = rateOf(ceiling);
    second({ sent: 300, refused: 0 });
    state.ms += 5000;
    expect(second(broken(300))).toBe(1);
    expect(rate.perSecond()).toBe(150);
    rate.settled(state.ms, "answered");
    state.ms += 1000;
    expect(rate.perSecond()).toBe(225);
    state.ms += 1000;
    expect(rate.perSecond()).toBe(ceiling ?? Number.POSITIVE_INFINITY);
  });

  test("keeps falling while they break, and does not climb before an answer", () => {
    const { rate, second, state } = rateOf(400);
    second(broken(400));
    second(broken(200));
    expect(rate.perSecond()).toBe(100);
    state.ms += 3_600_000;
    expect(rate.perSecond()).toBe(100);
    rate.settled(state.ms, "answered");
    state.ms += 2000;
    expect(rate.perSecond()).toBe(400);
  });

  test("returns to what the store asked for before, and not to the ceiling", () => {
    const { rate, second, state } = rateOf(400);
    second({ sent: 400, refused: 400 });
    second(broken(200));
    expect(rate.perSecond()).toBe(100);
    rate.settled(state.ms, "answered");
    state.ms += 2000;
    expect(rate.perSecond()).toBe(200);
  });

  test("climbs slowly if the store asked for it in the same second", () => {
    const { rate, second, state } = rateOf(3000);
    rate.settled(state.ms, "refused");
    second(broken(3000));
    expect(rate.perSecond()).toBe(1500);
    rate.settled(state.ms, "answered");
    state.ms += 2000;
    expect(rate.perSecond()).toBeLessThan(2500);
  });
});
