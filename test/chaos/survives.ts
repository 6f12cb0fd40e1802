import { expect } from "vitest";
import { checkRun, type RunResult, TOOL_VERSION } from "../../migrate/index.js";
import type { ChaosOptions } from "../../sandbox/index.js";
import { differing } from "../buckets/differing.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../buckets/mixed-objects.js";
import { openUploads } from "../buckets/open-uploads.js";
import { type BucketState, readBucket } from "../buckets/read-bucket.js";
import { LONG } from "../length.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { type ChaoticWorld, chaoticWorld, type Met } from "./chaotic-world.js";
import { migrateUntilDone } from "./migrate-until-done.js";
import { isThrowAway, unnamedThrowAways, withoutThrowAways } from "./throw-away.js";
import { uploadsWithoutAnAnswer } from "./uploads-without-an-answer.js";

const MIB = 1024 * 1024;
/** All sorts of objects, with one that is uploaded in parts; a long run takes every large one. */
const OBJECTS = [...mixedObjects(60)].filter(
  ({ key, partBytes }) => LONG || !key.startsWith("large/") || partBytes === 5 * MIB,
);
const BUCKET = "mixed";

/**
 * Migrates a mixed bucket through chaos, and holds what came of it against what there was. Resolves with the faults met.
 * `meddle` comes after the migration and before the check, to show that the check sees it.
 */
export async function survives(
  chaos: ChaosOptions,
  meddle: (world: ChaoticWorld, bucket: string) => Promise<void> = () => Promise.resolve(),
): Promise<readonly Met[]> {
  const world = await chaoticWorld();
  await fillBucket(world.raw, BUCKET, OBJECTS);
  const before = await readBucket(world.raw, BUCKET, CUSTOMER_KEY);
  const options = await world.optionsFor(BUCKET, { copyCutoff: MIXED_CUTOFF_BYTES, partSize: 5 * MIB });

  const { runs, said } = await world.inChaos(chaos, () => migrateUntilDone(options));
  await meddle(world, BUCKET);

  const found = await readBucket(world.raw, BUCKET, CUSTOMER_KEY);
  expect(unnamedThrowAways(found, said)).toEqual([]);
  const after = withoutThrowAways(found);
  expect(differing(before, after)).toEqual([]);
  const plaintext = [...after].filter(([, { encryption, status }]) => encryption === null && status === 200);
  expect(plaintext.map(([key]) => key)).toEqual([]);
  for (const run of runs) await expectHonest(run, before, after);
  expect((await openUploads(world.raw, BUCKET)).length).toBeLessThanOrEqual(uploadsWithoutAnAnswer(world.met));
  return world.met;
}

/** The run folder is whole, its sums close, and it calls migrated what was in plaintext and no longer is. */
async function expectHonest({ runDir, summary }: RunResult, before: BucketState, after: BucketState): Promise<void> {
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  const all = [...(await outcomesOf(runDir)).values()];
  expect(summary.total).toMatchObject({ listed: all.length, closes: true });
  const outcomes = all.filter(({ key }) => !isThrowAway(key));
  expect(outcomes).toHaveLength(OBJECTS.length);
  for (const { key, outcome } of outcomes) {
    const [was, is] = [before.get(key)?.encryption, after.get(key)?.encryption];
    if (outcome.kind === "migrated") expect([key, was, is]).toEqual([key, null, "AES256"]);
    if (outcome.kind === "already-encrypted") expect([key, is]).toEqual([key, "AES256"]);
    expect([key, outcome.kind]).not.toEqual([key, "vanished"]);
  }
}
