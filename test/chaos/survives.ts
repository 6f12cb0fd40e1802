import { expect } from "vitest";
import { checkRun, type MigrateOptions, type RunResult, TOOL_VERSION } from "../../migrate/index.js";
import type { ChaosOptions, SandboxOptions } from "../../sandbox/index.js";
import { differing } from "../buckets/differing.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../buckets/mixed-objects.js";
import { openUploads } from "../buckets/open-uploads.js";
import type { NewObject } from "../buckets/put-object.js";
import { type BucketState, readBucket } from "../buckets/read-bucket.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { type ChaoticWorld, chaoticWorld, type Met } from "./chaotic-world.js";
import { migrateUntilDone } from "./migrate-until-done.js";
import { isThrowAway, unnamedThrowAways, withoutThrowAways } from "./throw-away.js";

const MIB = 1024 * 1024;
const MANY = 100;
const BUCKET = "mixed";

/** Stores and ways of copying that take different calls. */
export const WAYS = {
  "in one piece, unguarded": { sandbox: { profile: "ovh" }, migrate: { race: "off" } },
  "by the guarded way of a store that guards no plain copy": { sandbox: { profile: "ovh" }, migrate: {} },
  "in one piece, guarded": {
    sandbox: { profile: "aws", behaviour: { unsetDefaultEncryption: "not-found" } },
    migrate: { provider: "aws", region: "gra", assume: "documented" },
  },
} as const satisfies Readonly<Record<string, { sandbox: SandboxOptions; migrate: Partial<MigrateOptions> }>>;

export interface SurvivesOptions {
  readonly way: keyof typeof WAYS;
  readonly objects: number;
  /** Comes after the migration and before the check, to show that the check sees it. */
  readonly meddle?: (world: ChaoticWorld) => Promise<unknown>;
}

/** Migrates a mixed bucket through chaos, and holds what came of it against what there was. Resolves with the faults met. */
export async function survives(
  chaos: ChaosOptions,
  { way, objects, meddle }: SurvivesOptions,
): Promise<readonly Met[]> {
  const world = await chaoticWorld(WAYS[way].sandbox);
  await fillBucket(world.raw, BUCKET, objectsOf(objects));
  return survivesIn(world, BUCKET, chaos, { migrate: WAYS[way].migrate, meddle: () => meddle?.(world) });
}

export interface SurvivesIn {
  readonly migrate: Partial<MigrateOptions>;
  readonly meddle?: () => Promise<unknown> | undefined;
}

/** In a bucket that is filled already. */
export async function survivesIn(
  world: Pick<ChaoticWorld, "raw" | "optionsFor" | "inChaos" | "met">,
  bucket: string,
  chaos: ChaosOptions,
  { migrate, meddle }: SurvivesIn,
): Promise<readonly Met[]> {
  const before = await readBucket(world.raw, bucket, CUSTOMER_KEY);
  const options = await world.optionsFor(bucket, { copyCutoff: MIXED_CUTOFF_BYTES, partSize: 5 * MIB, ...migrate });

  const { runs, said } = await world.inChaos(chaos, () => migrateUntilDone(options));
  await meddle?.();

  const found = await readBucket(world.raw, bucket, CUSTOMER_KEY);
  expect(unnamedThrowAways(found, said)).toEqual([]);
  const after = withoutThrowAways(found);
  expect(differing(before, after)).toEqual([]);
  const plaintext = [...after].filter(([, { encryption, status }]) => encryption === null && status === 200);
  expect(plaintext.map(([key]) => key)).toEqual([]);
  for (const run of runs) await expectHonest(run, before, after);
  expect(await openUploads(world.raw, bucket)).toEqual([]);
  return world.met;
}

/** All sorts of objects; the large ones, which take their time, where there are many. */
function objectsOf(count: number): NewObject[] {
  return [...mixedObjects(count + 3)].filter(({ key }) => count >= MANY || !key.startsWith("large/"));
}

/** The run folder is whole, its sums close, and it calls migrated what was in plaintext and no longer is. */
async function expectHonest({ runDir, summary }: RunResult, before: BucketState, after: BucketState): Promise<void> {
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  const all = [...(await outcomesOf(runDir)).values()];
  expect(summary.total).toMatchObject({ listed: all.length, closes: true });
  const outcomes = all.filter(({ key }) => !isThrowAway(key));
  expect(outcomes).toHaveLength(before.size);
  for (const { key, outcome } of outcomes) {
    const [was, is] = [before.get(key)?.encryption, after.get(key)?.encryption];
    if (outcome.kind === "migrated") expect([key, was, is]).toEqual([key, null, "AES256"]);
    if (outcome.kind === "already-encrypted") expect([key, is]).toEqual([key, "AES256"]);
    expect([key, outcome.kind]).not.toEqual([key, "vanished"]);
  }
}
