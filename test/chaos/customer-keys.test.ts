// @module-tag slow
import { expect, test } from "vitest";
import type { MigrateOptions } from "../../migrate/index.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../buckets/mixed-objects.js";
import { differing, readBucket } from "../buckets/read-bucket.js";
import { fillBucket, newKeyFile } from "../buckets/start-world.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../length.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { chaoticWorld, migrateUntilDone, withoutThrowAways } from "./survives.js";

const MIB = 1024 * 1024;
const SEEDS = Array.from({ length: LONG ? 60 : 2 }, (_, index) => 300 + index);
const OBJECTS = LONG ? 200 : 70;
const RATES = {
  "internal-error": 0.02,
  "reset-before": 0.02,
  "reset-after": 0.02,
  "half-body": 0.02,
  "error-in-success": 0.02,
  "expired-token": 0.01,
};

type KeyFile = Awaited<ReturnType<typeof newKeyFile>>;

interface Asked {
  readonly to: string;
  readonly options: (target: KeyFile) => Partial<MigrateOptions>;
  /** As reading the bucket shows what was in plaintext, or under the key that was given. */
  readonly shown: string;
}

const ASKED: readonly Asked[] = [
  { to: "SSE-S3", options: () => ({}), shown: "AES256" },
  { to: "another key", options: ({ path }) => ({ to: "sse-c", toKeyFile: path }), shown: "SSE-C" },
];

test.each(SEEDS.flatMap((seed) => ASKED.map((asked) => ({ seed, ...asked }))))(
  "a migration of plaintext and customer keys to $to loses nothing despite faults: seed $seed",
  async ({ seed, options, shown }) => {
    const [own, target] = [await newKeyFile(CUSTOMER_KEY), await newKeyFile()];
    const world = await chaoticWorld({ profile: "reference" });
    const objects = [...mixedObjects(OBJECTS + 3)].filter(({ key }) => LONG || !key.startsWith("large/"));
    await fillBucket(world.raw, "mixed", objects);
    const before = await readBucket(world.raw, "mixed", CUSTOMER_KEY);
    const given = await world.optionsFor("mixed", {
      ...{ copyCutoff: MIXED_CUTOFF_BYTES, partSize: 5 * MIB, assume: "documented" },
      ...{ ssecKeyFile: [own.path], ...options(target) },
    });
    const { runs } = await world.inChaos({ seed, slowMs: 50, rates: RATES }, () => migrateUntilDone(given));

    const after = withoutThrowAways(await readBucket(world.raw, "mixed", target.key));
    expect(differing(before, after)).toEqual([]);
    const was = (key: string) => before.get(key)?.encryption ?? null;
    const moved = [...after].filter(([key, { status }]) => status === 200 && was(key) !== "AES256");
    expect(moved.filter(([key]) => was(key) === "SSE-C").length).toBeGreaterThan(0);
    expect(moved.filter(([, { encryption }]) => encryption !== shown)).toEqual([]);
    for (const { runDir, summary } of runs) {
      expect(summary.total.closes).toBe(true);
      const reasons = [...(await outcomesOf(runDir)).values()].map(({ outcome }) =>
        "reason" in outcome ? outcome.reason : "",
      );
      expect(reasons.filter((reason) => reason.startsWith("sse-c-"))).toEqual([]);
    }
    expect(new Set(world.met.map(({ fault }) => fault)).size).toBeGreaterThan(3);
  },
  SWEEP_TIMEOUT_MS,
);
