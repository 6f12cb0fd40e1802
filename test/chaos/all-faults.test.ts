// @module-tag slow
import { expect, test } from "vitest";
import { pathOf, sendOk } from "../buckets/raw-s3.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../length.js";
import { survives, WAYS } from "./survives.js";

const SEEDS = Array.from({ length: LONG ? 60 : 3 }, (_, index) => 100 + index);
const OBJECTS = LONG ? 120 : 20;
const RATES = {
  "slow-down": 0.015,
  "internal-error": 0.015,
  "slow-answer": 0.015,
  "reset-before": 0.015,
  "reset-after": 0.015,
  "half-body": 0.015,
  "error-in-success": 0.015,
  conflict: 0.015,
  "clock-skew": 0.005,
  "expired-token": 0.005,
};
const KEY = "a//b";

/** One way after the other. */
function wayOf(seed: number): keyof typeof WAYS {
  const ways = Object.keys(WAYS) as (keyof typeof WAYS)[];
  return ways[seed % ways.length] as keyof typeof WAYS;
}

/** Some side by side, since most of the time they wait to try again. */
const GROUPS = Array.from({ length: Math.ceil(SEEDS.length / 5) }, (_, group) => SEEDS.slice(5 * group, 5 * group + 5));

test.each(GROUPS.map((seeds) => [seeds]))(
  "a migration under all kinds of faults loses nothing and reports correctly, seeds %j",
  async (seeds) => {
    const all = await Promise.all(
      seeds.map((seed) => survives({ seed, slowMs: 100, rates: RATES }, { way: wayOf(seed), objects: OBJECTS })),
    );
    for (const met of all) expect(new Set(met.map(({ fault }) => fault)).size).toBeGreaterThan(3);
  },
  SWEEP_TIMEOUT_MS,
);

test.each([
  ["an object that is gone", { method: "DELETE", path: pathOf("mixed", KEY) }],
  ["one that nobody put there", { method: "PUT", path: pathOf("mixed", "new") }],
  ["one that is in plaintext again", { method: "PUT", path: pathOf("mixed", KEY), body: Buffer.alloc(11) }],
  ["tags that were lost", { method: "DELETE", path: pathOf("mixed", "//", "?tagging") }],
  ["an upload that was left open", { method: "POST", path: pathOf("mixed", KEY, "?uploads") }],
])("the comparison with the original bucket detects %s", async (_, request) => {
  const found = survives(
    { seed: 1, rates: {} },
    { way: "in one piece, unguarded", objects: 12, meddle: ({ raw }) => sendOk(raw, request) },
  );
  await expect(found).rejects.toThrow(/expected/);
});
