import { expect, test } from "vitest";
import { pathOf, sendOk } from "../buckets/raw-s3.js";
import { LONG } from "../length.js";
import { survives } from "./survives.js";

const SEEDS = Array.from({ length: LONG ? 200 : 2 }, (_, index) => 100 + index);
const RATES = {
  "slow-down": 0.02,
  "internal-error": 0.02,
  "slow-answer": 0.02,
  "reset-before": 0.02,
  "reset-after": 0.02,
  "half-body": 0.02,
  "error-in-success": 0.02,
  conflict: 0.02,
  "clock-skew": 0.005,
  "expired-token": 0.005,
};
const KEY = "a+b";

test.each(SEEDS)("a migration whose requests meet every fault loses nothing, with seed %i", async (seed) => {
  const met = await survives({ seed, slowMs: 100, rates: RATES });
  expect(new Set(met.map(({ fault }) => fault)).size).toBeGreaterThan(4);
});

test.each([
  ["an object that is gone", { method: "DELETE", path: pathOf("mixed", KEY) }],
  ["one that nobody put there", { method: "PUT", path: pathOf("mixed", "new") }],
  ["one that is in plaintext again", { method: "PUT", path: pathOf("mixed", KEY), body: Buffer.alloc(11) }],
  ["tags that were lost", { method: "DELETE", path: pathOf("mixed", "//", "?tagging") }],
  ["an upload that was left open", { method: "POST", path: pathOf("mixed", KEY, "?uploads") }],
])("what holds a bucket against what it was finds %s", async (_, request) => {
  const found = survives({ seed: 1, rates: {} }, async ({ raw }) => void (await sendOk(raw, request)));
  await expect(found).rejects.toThrow(/expected/);
});
