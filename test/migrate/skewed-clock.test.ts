import { describe, expect, test } from "vitest";
import { migrate, RunError } from "../../migrate/index.js";
import type { ObjectStore } from "../../migrate/store/object-store.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { readBucket } from "../buckets/read-bucket.js";
import { startWorld } from "../buckets/start-world.js";
import { openStores, STORE_NAMES } from "../store/open-stores.js";
import { refusalOf } from "../store/port-target.js";

const HOUR_MS = 3_600_000;
const objects = Array.from({ length: 12 }, (_, n) => ({ key: `object-${n}`, body: Buffer.from(`body ${n}`) }));

/** A store whose clock is what this one says, and is ahead by as much as `skew.ms` once its bucket is filled. */
async function skewedWorld(ms: number, intercept?: Parameters<typeof startWorld>[0]) {
  const skew = { ms: 0 };
  const world = await startWorld({ ...intercept, clock: () => new Date(Date.now() + skew.ms) });
  await fillBucket(world.raw, "bucket", objects);
  return { ...world, skew, shift: () => Object.assign(skew, { ms }) };
}

describe.each([HOUR_MS, -HOUR_MS])("migrate with a clock that is off by %d ms", (ms) => {
  test("encrypts every object", async () => {
    const { optionsFor, shift, raw, skew } = await skewedWorld(ms);
    shift();
    const { summary } = await migrate(await optionsFor("bucket"));
    expect(summary.total.outcomes.migrated.objects).toBe(objects.length);
    skew.ms = 0;
    for (const { encryption } of (await readBucket(raw, "bucket")).values()) expect(encryption).toBe("AES256");
  });
});

test("a clock jump in the middle of a migration does not end it", async () => {
  const { optionsFor, shift } = await skewedWorld(HOUR_MS);
  let outcomes = 0;
  const onEvent = (event: { kind: string }) => {
    if (event.kind === "outcome") outcomes += 1;
    if (outcomes === 4) shift();
  };
  const { summary } = await migrate(await optionsFor("bucket", { onEvent, concurrency: 2 }));
  expect(summary.total.outcomes.migrated.objects).toBe(objects.length);
});

test.each(STORE_NAMES)(
  "the %s store is refused once for clock skew, and signs the next call with the store time",
  async (name) => {
    const { sandbox, shift } = await skewedWorld(HOUR_MS);
    shift();
    const stores = openStores(sandbox);
    const copy = (store: ObjectStore) =>
      store.copyObject({ bucket: "bucket", key: "object-1", headers: { "x-amz-server-side-encryption": "AES256" } });
    expect((await refusalOf(copy(stores[name]))).facts).toMatchObject({
      kind: "clock-skew",
      code: "RequestTimeTooSkewed",
    });
    await copy(stores[name]);
    // What one of the clients has learnt the other knows.
    await stores.lean.headObject({ bucket: "bucket", key: "object-1" });
    await stores.sdk.headObject({ bucket: "bucket", key: "object-1" });
    stores.close();
  },
);

test("a store that refuses every request time ends the run with one message", async () => {
  let refuse = false;
  const { optionsFor } = await skewedWorld(0, {
    intercept: () => (refuse ? { kind: "error", status: 403, code: "RequestTimeTooSkewed" } : undefined),
  });
  refuse = true;
  const error = await migrate(await optionsFor("bucket")).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(RunError);
  expect(error.message).toMatch(/does not accept the time of this machine \(RequestTimeTooSkewed.*set the clock/);
});
