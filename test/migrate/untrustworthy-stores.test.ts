import { expect, test } from "vitest";
import { migrate, RunError } from "../../migrate/index.js";
import type { Behaviour, SandboxProfile } from "../../sandbox/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { readBucket } from "../buckets/read-bucket.js";
import { startWorld } from "../buckets/start-world.js";
import { outcomesOf } from "./fixtures/outcomes-of.js";

const OBJECTS = 200;
const CONCURRENCY = 8;

async function bucketOn(profile: SandboxProfile, behaviour: Partial<Behaviour> = {}) {
  const world = await startWorld({ profile, behaviour });
  const objects = Array.from({ length: OBJECTS }, (_, n) => ({ key: `k${n}`, body: Buffer.from(`body ${n}`) }));
  await fillBucket(world.raw, "bucket", objects);
  return { ...world, state: () => readBucket(world.raw, "bucket") };
}

const SSE = ["x-amz-server-side-encryption"];
/** Answers 200 to every way of writing, and never encrypts. */
const NEVER_ENCRYPTS = { forgottenBy: { put: SSE, copy: SSE, upload: SSE } };

test.each([
  ["liar", NEVER_ENCRYPTS],
  ["corruptor", {}],
] as const)("a store that is a %s is found out on a throw-away object alone", async (profile, behaviour) => {
  const { optionsFor, state } = await bucketOn(profile, behaviour);
  const before = await state();
  await expect(migrate(await optionsFor("bucket", { race: "off" }))).rejects.toThrow(/canary/);
  expect(await state()).toEqual(before);
});

test("a store that does not encrypt is given up after the first objects, where no canary was tried", async () => {
  const { optionsFor } = await bucketOn("liar", NEVER_ENCRYPTS);
  const options = await optionsFor("bucket", { canary: false, race: "off", concurrency: CONCURRENCY });
  const error = await migrate(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunError);
  expect((error as Error).message).toMatch(/the first 20 objects all failed.*HEAD does not show it encrypted/s);
  const outcomes = [...(await outcomesOf(options.out ?? "")).values()];
  expect(outcomes.length).toBeGreaterThanOrEqual(20);
  expect(outcomes.length).toBeLessThanOrEqual(20 + 2 * CONCURRENCY);
  expect(outcomes.every(({ outcome }) => outcome.kind === "failed")).toBe(true);
});

test("a store that can be trusted keeps nothing of the throw-away object", async () => {
  const { optionsFor, state } = await bucketOn("ovh");
  const { run } = await migrate(await optionsFor("bucket"));
  expect(run.buckets[0]?.canary).toMatchObject({ result: "passed" });
  expect((await state()).size).toBe(OBJECTS);
});
