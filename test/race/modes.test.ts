import { describe, expect, test } from "vitest";
import type { SandboxProfile } from "../../sandbox/index.js";
import { LONG, SWEEP_TIMEOUT_MS, tellFigures } from "../length.js";
import { type LossCounts, type Race, type Raced, race } from "./race.js";

const OPERATIONS = LONG ? 20_000 : 240;
const WRITERS = { seed: 1, operations: OPERATIONS, mix: { put: 6, delete: 2, retag: 2 }, pauseMs: 8 };
/** New objects are in plaintext, and a copy takes a while: there is always something to copy, and time to write meanwhile. */
const BEHAVIOUR = { unsetDefaultEncryption: "not-found", copyTakesMs: 10 } as const;

interface Store {
  readonly title: string;
  readonly profile: SandboxProfile;
  readonly options: Race["migrate"];
}

const STORES: readonly Store[] = [
  { title: "takes a condition on a plain copy", profile: "aws", options: { provider: "aws", region: "gra" } },
  {
    title: "takes one on the completion of an upload, with copies in parts",
    profile: "ovh",
    options: { provider: "ovhcloud", rewriteBelow: 0 },
  },
  { title: "takes one on a PUT, with rewriting", profile: "ovh", options: { provider: "ovhcloud" } },
];

function figures({ lost, migrated, lookedAtAgain, runs }: Raced): Record<string, number> {
  return { operations: OPERATIONS, runs: runs.length, migrated, "looked at again": lookedAtAgain, ...lost };
}

describe.each(STORES)("--race strict, on a store that $title,", ({ title, profile, options }) => {
  test(`undoes no acknowledged put or delete of ${OPERATIONS} writes`, {
    tags: ["slow"],
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const raced = await race({
      sandbox: { profile, behaviour: BEHAVIOUR },
      migrate: { ...options, race: "strict" },
      writers: WRITERS,
    });
    tellFigures(`race: strict, where the store ${title}`, figures(raced));
    expect(raced.lost).toMatchObject({ overwritten: 0, revived: 0 });
    expect([...raced.guards]).toEqual(["source-and-destination"]);
    // They did meet.
    expect(raced.migrated).toBeGreaterThan(OPERATIONS / 50);
    expect(raced.lookedAtAgain).toBeGreaterThan(0);
  });

  test(`undoes none of ${OPERATIONS} writes in two processes`, {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const raced = await race({
      sandbox: { profile, behaviour: BEHAVIOUR },
      migrate: { ...options, race: "strict", workers: 2 },
      writers: WRITERS,
    });
    expect(raced.lost).toMatchObject({ overwritten: 0, revived: 0 });
    expect([...raced.guards]).toEqual(["source-and-destination"]);
    expect(raced.migrated).toBeGreaterThan(0);
  });

  test(`undoes none in a bucket with Object Lock either, of ${OPERATIONS} writes`, {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const raced = await race({
      sandbox: { profile, behaviour: BEHAVIOUR },
      // Every write leaves a noncurrent version, and none of them is what is raced for.
      migrate: { ...options, race: "strict", noncurrent: false },
      writers: { ...WRITERS, seed: 2, mix: { put: 5, delete: 2, retag: 1, hold: 2 } },
      locks: true,
    });
    tellFigures(`race: strict, where the store ${title}, with Object Lock`, figures(raced));
    expect(raced.lost).toMatchObject({ overwritten: 0, revived: 0 });
    expect(raced.migrated).toBeGreaterThan(OPERATIONS / 50);
  });
});

/** As many as it takes; there are some within a few hundred. */
const PATIENT_WRITERS = {
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
      sandbox: { profile, behaviour: { copyTakesMs: 10 } },
      migrate: { provider, region: "gra", race: mode },
      writers: PATIENT_WRITERS,
    });
    expect(lost.overwritten).toBeGreaterThan(0);
    expect(lost.revived).toBeGreaterThan(0);
    expect([...guards]).toContain("source");
  },
);
