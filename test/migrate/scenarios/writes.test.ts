import { describe, expect, test } from "vitest";
import { audit, migrate } from "../../../migrate/index.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../../buckets/mixed-objects.js";
import { sendOk } from "../../buckets/raw-s3.js";
import { differing, readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { LONG } from "../../length.js";

describe("bucket", () => {
  const MIB = 1024 * 1024;

  async function encryptsAllAndChangesNothingElse(objects: number): Promise<void> {
    const { raw, optionsFor } = await startWorld();
    await fillBucket(raw, "mixed", mixedObjects(objects));
    const before = await readBucket(raw, "mixed", CUSTOMER_KEY);
    expect(before.size).toBe(objects);

    const { summary } = await migrate(await optionsFor("mixed", { copyCutoff: MIXED_CUTOFF_BYTES, partSize: 5 * MIB }));

    const after = await readBucket(raw, "mixed", CUSTOMER_KEY);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(differing(before, after).slice(0, 5)).toEqual([]);
    expect(summary.total.outcomes.failed.objects).toBe(0);
    expect(summary.total.outcomes.refused.objects).toBe(0);
    expect(summary.total.closes).toBe(true);

    const plaintext = [...before].filter(([, { encryption, status }]) => encryption === null && status === 200);
    expect(plaintext.length).toBeGreaterThan(objects * 0.9);
    expect(plaintext.filter(([key]) => after.get(key)?.encryption !== "AES256")).toEqual([]);
    expect(summary.total.outcomes.migrated.objects).toBe(plaintext.length);

    const others = [...before].filter(([, { encryption, status }]) => encryption !== null || status !== 200);
    expect(others.filter(([key, was]) => after.get(key)?.encryption !== was.encryption)).toEqual([]);
    for (const key of ["large/uploaded-in-parts", "large/uploaded-in-larger-parts"]) {
      expect(after.get(key)?.etag).toBe(before.get(key)?.etag);
    }
  }

  const title = "a migration encrypts a mixed bucket of %i objects and changes nothing else";
  test.each([150])(title, { tags: ["slow"] }, encryptsAllAndChangesNothingElse);
  test.each([LONG ? 10_000 : 1000])(title, { tags: "slow", timeout: 600_000 }, encryptsAllAndChangesNothingElse);
});

const OBJECTS = 120;
const WRITES = /^(Put|Copy|Create|Upload|Complete|Delete|Abort|Restore)/;

const writesIn = (calls: Readonly<Record<string, number>>) => Object.keys(calls).filter((name) => WRITES.test(name));

/** Includes larger objects only if they are to be copied. */
async function mixedBucket({ large }: { readonly large: boolean }) {
  const world = await startWorld();
  const all = [...mixedObjects(OBJECTS)];
  const small = [...mixedObjects(2 * OBJECTS)].filter(({ key }) => !key.startsWith("large/")).slice(0, OBJECTS);
  await fillBucket(world.raw, "mixed", large ? all : small);
  return { ...world, state: () => readBucket(world.raw, "mixed", CUSTOMER_KEY) };
}

describe("bucket of mixed objects", () => {
  test("is not written to by an audit, which counts the unencrypted objects", { tags: ["slow"] }, async () => {
    const { sandbox, optionsFor, state } = await mixedBucket({ large: false });
    const before = await state();
    sandbox.resetCalls();
    const { summary } = await audit(await optionsFor("mixed"));
    expect(writesIn(sandbox.calls)).toEqual([]);
    expect(await state()).toEqual(before);
    const plaintext = [...before.values()].filter(({ encryption }) => encryption === null).length;
    expect(summary.total.statesNow.none.objects).toBe(plaintext);
    expect(summary.total).toMatchObject({ listed: OBJECTS, closes: true });
  });

  test("is not written to by a dry run, even with --set-default; the run counts what it would copy", {
    tags: ["slow"],
  }, async () => {
    const { sandbox, optionsFor, state } = await mixedBucket({ large: false });
    const before = await state();
    sandbox.resetCalls();
    const { summary, run } = await migrate(await optionsFor("mixed", { dryRun: true, setDefault: true }));
    expect(writesIn(sandbox.calls)).toEqual([]);
    expect(await state()).toEqual(before);
    expect(run.buckets[0]?.defaultEncryption).toEqual({ before: "none", after: "none" });
    const wouldCopy = [...before.values()].filter(({ encryption, status }) => encryption === null && status === 200);
    expect(summary.total.reasons["dry-run"]?.objects).toBe(wouldCopy.length);
  });

  test("is encrypted by the first migration, and not written to by the second", { tags: ["slow"] }, async () => {
    const { sandbox, optionsFor, state } = await mixedBucket({ large: true });
    const first = await migrate(await optionsFor("mixed"));
    expect(first.summary.total.outcomes.migrated.objects).toBeGreaterThan(OBJECTS * 0.8);
    const between = await state();
    sandbox.resetCalls();
    const second = await migrate(await optionsFor("mixed"));
    expect(writesIn(sandbox.calls)).toEqual([]);
    expect(await state()).toEqual(between);
    expect(second.summary.total).toMatchObject({ listed: OBJECTS, closes: true });
    expect(second.summary.total.outcomes.migrated.objects).toBe(0);
    expect(second.summary.total.outcomes["already-encrypted"].objects).toBe(
      [...between.values()].filter(({ encryption }) => encryption === "AES256").length,
    );
  });
});

describe("default encryption of a bucket", () => {
  const emptyBucket = async () => {
    const world = await startWorld();
    await fillBucket(world.raw, "empty", []);
    return world;
  };

  test("is set with --set-default, and causes no warning then", async () => {
    const { raw, optionsFor } = await emptyBucket();
    const { run } = await migrate(await optionsFor("empty", { setDefault: true }));
    expect(run.buckets[0]?.defaultEncryption).toMatchObject({ before: "none", after: "sse-s3" });
    expect((await sendOk(raw, { path: "/empty?encryption=" })).body.toString()).toContain("<SSEAlgorithm>AES256<");
    expect(run.buckets[0]?.warnings.filter((words) => words.includes("default encryption"))).toEqual([]);
  });

  test("is not changed without --set-default, and causes a warning", async () => {
    const { sandbox, optionsFor } = await emptyBucket();
    const { run } = await migrate(await optionsFor("empty"));
    expect(run.buckets[0]?.defaultEncryption).toEqual({ before: "none", after: "none" });
    expect(sandbox.calls.PutBucketEncryption).toBeUndefined();
    expect(run.buckets[0]?.warnings).toContainEqual(expect.stringContaining("no default encryption"));
  });
});
