import { expect, test } from "vitest";
import { tellFigures } from "../figures.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../length.js";
import { killedRun } from "./killed-run.js";

const RUNS = LONG ? 100 : 5;
/** They mostly wait for a process to start. */
const AT_ONCE = 5;
const GROUPS = Array.from({ length: Math.ceil(RUNS / AT_ONCE) }, (_, group) =>
  Array.from({ length: Math.min(AT_ONCE, RUNS - group * AT_ONCE) }, (_, index) => group * AT_ONCE + index + 1),
);

test.each(GROUPS.map((seeds) => [seeds]))(
  "a migration killed at random moments, with seeds %j, is resumed to the same end: each key once, no upload left open",
  async (seeds) => {
    const killedAt = (await Promise.all(seeds.map(killedRun))).flat();
    expect(killedAt.length).toBeGreaterThan(0);
    tellFigures(`kill -9, seeds ${seeds.join(" ")}`, { runs: seeds.length, kills: killedAt.length });
  },
  SWEEP_TIMEOUT_MS,
);
