import { expect, test } from "vitest";
import { type LossCounts, race } from "./race.js";

/** As many as it takes; there are some within a few hundred. */
const WRITERS = {
  seed: 3,
  operations: 10_000,
  enough: ({ overwritten, revived }: LossCounts) => overwritten > 0 && revived > 0,
  mix: { put: 6, delete: 3, retag: 1 },
  pauseMs: 4,
};

test.each([
  ["auto", "no-conditions", "generic"],
  ["off", "ovh", "ovhcloud"],
] as const)(
  "--race %s on %s undoes writes during a copy, and records that only the source was guarded",
  { tags: "slow" },
  async (mode, profile, provider) => {
    const { lost, guards } = await race({
      // A copy that takes long enough for a writer to come between.
      sandbox: { profile, behaviour: { copyTakesMs: 20 } },
      migrate: { provider, region: "gra", race: mode },
      writers: WRITERS,
    });
    expect(lost.overwritten).toBeGreaterThan(0);
    expect(lost.revived).toBeGreaterThan(0);
    expect([...guards]).toContain("source");
  },
);
