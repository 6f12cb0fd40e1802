import { expect, test } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { NOT_STARTED } from "../../../migrate/journal/resume.js";
import { type ObjectFilters, objectFilter } from "../../../migrate/list/object-filter.js";
import { createRoom } from "../../../migrate/object/room.js";
import { runRange } from "../../../migrate/run/process-range.js";
import { processScope } from "../../../migrate/run/process-scope.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { auditContext } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

const OBJECTS = 60_000;
const PAGE = 1000;
const CONCURRENCY = 32;
const NO_FILTERS: ObjectFilters = {
  include: [],
  exclude: [],
  minSizeBytes: null,
  maxSizeBytes: null,
  modifiedBefore: null,
  modifiedAfter: null,
  storageClasses: [],
};

/** Lists many objects, of which a HEAD takes one turn of the event loop. */
function manyObjects(state: { listed: number; headed: number; furthest: number }): ObjectStore {
  const entry = (n: number) => ({
    key: String(n).padStart(9, "0"),
    sizeBytes: n % 100,
    etag: "e",
    lastModified: "2026-01-01T00:00:00.000Z",
    storageClass: "STANDARD",
  });
  return fakeStore({
    listObjects: async ({ continuationToken = "0" }) => {
      const start = Number(continuationToken);
      const objects = Array.from({ length: Math.min(PAGE, OBJECTS - start) }, (_, n) => entry(start + n));
      state.listed += objects.length;
      state.furthest = Math.max(state.furthest, state.listed - state.headed);
      return { objects, nextToken: start + PAGE < OBJECTS ? String(start + PAGE) : null };
    },
    headObject: async ({ key }) => {
      await new Promise((resolve) => setImmediate(resolve));
      state.headed += 1;
      const headers = { "content-length": String(Number(key) % 100), "x-amz-server-side-encryption": "AES256" };
      return { headers, requestId: null };
    },
  });
}

async function auditMany(filters: Partial<ObjectFilters>) {
  const state = { listed: 0, headed: 0, furthest: 0 };
  const written = { outcomes: 0, last: undefined as JournalRecord | undefined };
  const journal = {
    append: async (record: JournalRecord) => {
      if (record.kind === "outcome") written.outcomes += 1;
      else written.last = record;
    },
  };
  const store = manyObjects(state);
  const context = auditContext(store, {
    room: createRoom(CONCURRENCY),
    mostRanges: 1,
    isInScope: objectFilter({ ...NO_FILTERS, ...filters }),
    journal,
  });
  await processScope({ bucket: "b", prefix: "" }, NOT_STARTED, context, {
    pool: { start: (...range) => runRange(range[0], context, range[1]), isBusy: () => true },
    readAgain: async () => NOT_STARTED,
    onUnordered: async () => undefined,
  });
  return { state, written };
}

test("a listing is never more than two pages plus the objects in flight ahead", { tags: ["slow"] }, async () => {
  const { state, written } = await auditMany({});
  expect(state.furthest).toBeLessThanOrEqual(2 * PAGE + CONCURRENCY);
  expect(written.outcomes).toBe(OBJECTS);
  expect(written.last).toMatchObject({ listed: OBJECTS, end: true });
});

test("filtered-out objects cost no HEAD request, and are counted", { tags: ["slow"] }, async () => {
  const { state, written } = await auditMany({ minSizeBytes: 99 });
  expect(state.headed).toBe(OBJECTS / 100);
  expect(written.last).toMatchObject({ listed: OBJECTS / 100, filteredOut: OBJECTS - OBJECTS / 100, end: true });
});
