// @module-tag slow
import { expect, test } from "vitest";
import { CHAOS_FAULTS, type ChaosFault } from "../../sandbox/index.js";
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
