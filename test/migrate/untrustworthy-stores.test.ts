import { expect, test } from "vitest";
import { migrate } from "../../migrate/index.js";
import type { Behaviour, SandboxProfile } from "../../sandbox/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { readBucket } from "../buckets/read-bucket.js";
import { startWorld } from "../buckets/start-world.js";
import { outcomesOf } from "./fixtures/outcomes-of.js";

const OBJECTS = 60;

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
] as const)("the canary detects that a store is a %s before any object changes", async (profile, behaviour) => {
  const { optionsFor, state } = await bucketOn(profile, behaviour);
  const before = await state();
  await expect(migrate(await optionsFor("bucket", { race: "off" }))).rejects.toThrow(/canary/);
  expect(await state()).toEqual(before);
});

test("a store that never encrypts stops each strategy after its first object, without a canary", async () => {
  const { optionsFor } = await bucketOn("liar", NEVER_ENCRYPTS);
  const options = await optionsFor("bucket", { canary: false, race: "off", concurrency: 1 });
  const { verdict } = await migrate(options);
  const outcomes = [...(await outcomesOf(options.out ?? "")).values()].map(({ outcome }) => outcome);
  const ofKind = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind);
  expect([ofKind("failed").length, ofKind("refused").length]).toEqual([4, OBJECTS - 4]);
  expect(outcomes).toContainEqual({ kind: "refused", reason: "no-way-left" });
  expect(verdict.kind).toBe("unencrypted-remain");
});

test("a correct store keeps nothing of the canary", async () => {
  const { optionsFor, state } = await bucketOn("ovh");
  const { run } = await migrate(await optionsFor("bucket"));
  expect(run.buckets[0]?.canary).toMatchObject({ result: "passed" });
  expect((await state()).size).toBe(OBJECTS);
});
