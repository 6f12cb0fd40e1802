// @module-tag slow
import { expect, test } from "vitest";
import { CHAOS_FAULTS, type ChaosFault } from "../../sandbox/index.js";
import { pathOf, sendOk } from "../buckets/raw-s3.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../length.js";
import { survives, WAYS } from "./survives.js";

const SEEDS = LONG ? Array.from({ length: 6 }, (_, index) => index + 1) : [1];
const OBJECTS = LONG ? 120 : 16;

/** The share of the requests that meet each; those that fail an object at once are rare, or no run would be without. */
const RATES: Readonly<Record<ChaosFault, number>> = {
  "slow-down": 0.06,
  "internal-error": 0.06,
  "slow-answer": 0.06,
  "reset-before": 0.06,
  "reset-after": 0.06,
  "half-body": 0.06,
  "error-in-success": 0.2,
  "clock-skew": 0.03,
  "expired-token": 0.03,
  conflict: 0.2,
};

/** Every way for a seed, or the one that makes the most of the calls that faults are about. */
const CASES = SEEDS.flatMap((seed) =>
  (LONG ? (Object.keys(WAYS) as (keyof typeof WAYS)[]) : (["in one piece, guarded"] as const)).map((way) => ({
    seed,
    way,
  })),
);

test.each(CASES)(
  "a migration $way under one kind of fault loses nothing and reports correctly, seed $seed",
  async ({ seed, way }) => {
    // Side by side, since most of the time they wait to try again.
    const all = (Object.keys(CHAOS_FAULTS) as ChaosFault[]).map(async (fault) => {
      const met = await survives({ seed, slowMs: 100, rates: { [fault]: RATES[fault] } }, { way, objects: OBJECTS });
      return [fault, [...new Set(met.map((each) => each.fault))]];
    });
    const plainCopies = way !== "by the guarded way of a store that guards no plain copy";
    for (const [fault, met] of await Promise.all(all)) {
      if (plainCopies || fault !== "error-in-success") expect(met).toEqual([fault]);
    }
  },
  SWEEP_TIMEOUT_MS,
);

const MIXED_SEEDS = Array.from({ length: LONG ? 60 : 3 }, (_, index) => 100 + index);
const MIXED_OBJECTS = LONG ? 120 : 20;
const MIXED_RATES = {
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
const GROUPS = Array.from({ length: Math.ceil(MIXED_SEEDS.length / 5) }, (_, group) =>
  MIXED_SEEDS.slice(5 * group, 5 * group + 5),
);

test.each(GROUPS.map((seeds) => [seeds]))(
  "a migration under all kinds of faults loses nothing and reports correctly, seeds %j",
  async (seeds) => {
    const all = await Promise.all(
      seeds.map((seed) =>
        survives({ seed, slowMs: 100, rates: MIXED_RATES }, { way: wayOf(seed), objects: MIXED_OBJECTS }),
      ),
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
