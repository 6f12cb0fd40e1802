import { expect, test } from "vitest";
import { migrate } from "../../migrate/index.js";
import { differing } from "../buckets/differing.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../buckets/mixed-objects.js";
import { readBucket } from "../buckets/read-bucket.js";
import { startWorld } from "../buckets/start-world.js";
import { LONG } from "../length.js";

const OBJECTS = LONG ? 10_000 : 1000;
const MIB = 1024 * 1024;

test(`a migration encrypts a mixed bucket of ${OBJECTS} objects and changes nothing else`, async () => {
  const { raw, optionsFor } = await startWorld();
  await fillBucket(raw, "mixed", mixedObjects(OBJECTS));
  const before = await readBucket(raw, "mixed", CUSTOMER_KEY);
  expect(before.size).toBe(OBJECTS);

  const { summary } = await migrate(await optionsFor("mixed", { copyCutoff: MIXED_CUTOFF_BYTES, partSize: 5 * MIB }));

  const after = await readBucket(raw, "mixed", CUSTOMER_KEY);
  expect([...after.keys()]).toEqual([...before.keys()]);
  expect(differing(before, after).slice(0, 5)).toEqual([]);
  expect(summary.total.outcomes.failed.objects).toBe(0);
  expect(summary.total.outcomes.refused.objects).toBe(0);
  expect(summary.total.closes).toBe(true);

  const plaintext = [...before].filter(([, { encryption, status }]) => encryption === null && status === 200);
  expect(plaintext.length).toBeGreaterThan(OBJECTS * 0.9);
  expect(plaintext.filter(([key]) => after.get(key)?.encryption !== "AES256")).toEqual([]);
  expect(summary.total.outcomes.migrated.objects).toBe(plaintext.length);

  const others = [...before].filter(([, { encryption, status }]) => encryption !== null || status !== 200);
  expect(others.filter(([key, was]) => after.get(key)?.encryption !== was.encryption)).toEqual([]);
  for (const key of ["large/uploaded-in-parts", "large/uploaded-in-larger-parts"]) {
    expect(after.get(key)?.etag).toBe(before.get(key)?.etag);
  }
}, 600_000);
