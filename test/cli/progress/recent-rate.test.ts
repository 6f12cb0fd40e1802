import { expect, test } from "vitest";
import { recentRate } from "../../../cli/progress/progress.js";
import { timeLeft } from "../../../cli/progress/progress-bar.js";

test("recentRate follows a store that slows down, and starts at 0", () => {
  const rateAt = recentRate(0);
  expect(rateAt(0, 0)).toBe(0);
  for (let second = 1; second < 60; second += 1) rateAt(second * 1000, second * 1000);
  expect(rateAt(60_000, 60_000)).toBe(1000);
  for (let second = 61; second < 100; second += 1) rateAt(second * 1000, 60_000 + (second - 60) * 10);
  expect(rateAt(100_000, 60_400)).toBe(10);
});

test.for([
  [0.2, "1 s"],
  [89, "89 s"],
  [90, "2 min"],
  [3600, "60 min"],
  [12_000, "3 h 20 min"],
  [400_000, "5 days"],
] as const)("timeLeft formats %d seconds as %s", ([seconds, words]) => {
  expect(timeLeft(seconds)).toBe(words);
});
