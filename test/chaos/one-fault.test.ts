import { describe, expect, test } from "vitest";
import { CHAOS_FAULTS, type ChaosFault } from "../../sandbox/index.js";
import { LONG } from "../length.js";
import { survives } from "./survives.js";

const FAULTS = Object.keys(CHAOS_FAULTS) as ChaosFault[];
const SEEDS = LONG ? Array.from({ length: 20 }, (_, index) => index + 1) : [1];
/** Not asked again for these: each fails its object, or ends the run, and a person has to run it again. */
const TAKEN_AT_ITS_WORD = new Set<ChaosFault>(["clock-skew", "expired-token"]);

describe.each(FAULTS)("a migration whose requests meet %s", (fault) => {
  test.each(SEEDS)("loses nothing and reports nothing wrongly, with seed %i", async (seed) => {
    const met = await survives({ seed, slowMs: 100, rates: { [fault]: TAKEN_AT_ITS_WORD.has(fault) ? 0.02 : 0.1 } });
    expect(new Set(met.map((each) => each.fault))).toEqual(new Set([fault]));
  });
});
