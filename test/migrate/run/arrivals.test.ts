import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ArrivalsRecord } from "../../../migrate/journal/bucket-record.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { type Walk, wholeWalk } from "../../../migrate/list/list-objects.js";
import { lookForArrivals } from "../../../migrate/run/arrivals.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { auditContext } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";
import { bucketOf, inOrder, key, manyKeys, SCOPE, type Sort, storeOf, walkOfNamed } from "../fixtures/listed-bucket.js";

const WITHOUT_DEFAULT = new Map([["b", { defaultEncryption: "none" }]] as const);
const numbered = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(4, "0"));

/** The journal of a run that saw these keys as they are listed. */
async function* journalOf(keys: readonly string[], others: readonly object[] = []): AsyncGenerator<JournalRecord> {
  const before = { etag: "e", lastModified: "2026-01-01T00:00:00.000Z" };
  const outcome = { kind: "already-encrypted" };
  const records = keys.map((one) => ({ kind: "outcome", bucket: "b", key: one, before, after: null, outcome }));
  yield* [...records, ...others] as unknown as JournalRecord[];
}

/** Counts how often a listing begins at a key, as only ranges do, and how often at the start. */
function counting(store: ObjectStore) {
  const counts = { fromKeys: 0, fromStart: 0 };
  const listObjects: ObjectStore["listObjects"] = (input) => {
    if (input.limit === undefined && input.startAfter !== undefined) counts.fromKeys += 1;
    if (input.startAfter === undefined && input.continuationToken === undefined) counts.fromStart += 1;
    return store.listObjects(input);
  };
  return { counts, store: { ...store, listObjects } };
}

async function look(store: ObjectStore, records: AsyncIterable<JournalRecord>, walk: Walk = wholeWalk(store)) {
  const found: JournalRecord[] = [];
  const journal = { append: async (record: JournalRecord) => void found.push(record) };
  const context = auditContext(store, { journal });
  const cutting = { everyMs: 1, worth: 2 };
  await lookForArrivals([SCOPE], WITHOUT_DEFAULT, records, { ...context, walk: { ...walk, cutting } });
  expect(found).toHaveLength(1);
  return found[0] as ArrivalsRecord;
}

describe("lookForArrivals", () => {
  test("counts each key once, and those that the run did not see, as ranges", async () => {
    let ranges = 0;
    await fc.assert(
      fc.asyncProperty(manyKeys, fc.nat(), async (keys, at) => {
        const { store, counts } = counting(storeOf(bucketOf(keys)));
        const seen = keys.filter((_, index) => (index + at) % 3 > 0);
        const record = await look(store, journalOf(seen));
        const younger = keys.length - seen.length;
        expect(record).toMatchObject({ listed: keys.length, younger, sampled: younger, refused: null });
        ranges += counts.fromKeys;
      }),
      { numRuns: 25 },
    );
    expect(ranges).toBeGreaterThan(25);
  });

  describe("after a run that listed the scope as ranges", () => {
    const keys = numbered(90);
    const ends = ["0029", "0030", "0059", undefined];
    const checkpoints = ends.map((through, nth) => {
      const after = ends[nth - 1];
      const bounds = { ...(after !== undefined && { after }), ...(through !== undefined && { through }) };
      const counts = { upTo: through ?? "0089", listed: through === "0030" ? 1 : 29, filteredOut: 0 };
      return { kind: "checkpoint", ...SCOPE, ...bounds, ...counts, end: true, at: "" };
    });
    const startsOf = async (records: readonly object[]) => {
      const { store, counts } = counting(storeOf(bucketOf(keys)));
      const walk = { ...wholeWalk(store), list: async () => ({ objects: [], keysEncoded: true }) };
      expect(await look(store, journalOf(keys.slice(1), records), walk)).toMatchObject({ listed: 90, younger: 1 });
      return counts;
    };

    test("begins with those ranges, joined where one is too small", async () => {
      expect(await startsOf(checkpoints)).toEqual({ fromStart: 1, fromKeys: 2 });
    });

    test.each([
      ["a range is missing", checkpoints.toSpliced(1, 1)],
      ["a range has not ended", checkpoints.with(1, { ...checkpoints[1], end: false } as (typeof checkpoints)[number])],
      ["it listed all afresh", [...checkpoints, { ...checkpoints[0], through: undefined, afresh: true }]],
    ])("begins with the whole scope if %s", async (_, records) => {
      expect(await startsOf(records)).toEqual({ fromStart: 1, fromKeys: 0 });
    });
  });

  test("lists in UTF-16 order as one reader would", async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, async (keys) => {
        const store = storeOf(bucketOf(keys), inOrder("utf-16"));
        const context = { ...wholeWalk(store), list: async () => ({ objects: [], keysEncoded: true }) };
        const { at: _, ...ranges } = await look(store, journalOf(keys));
        expect(await look(store, journalOf(keys), context)).toMatchObject(ranges);
      }),
      { numRuns: 15 },
    );
  });

  test("counts none twice and misses none that was there, whatever is written meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, fc.array(key), async (keys, others) => {
        const bucket = bucketOf(keys);
        const added = others.filter((other) => !bucket.keys.has(other));
        bucket.onList = () => {
          const next = added.pop();
          if (next !== undefined) bucket.keys.add(next);
        };
        const { listed, younger } = await look(storeOf(bucket), journalOf(keys));
        expect(listed - younger).toBe(keys.length);
        expect(listed).toBeLessThanOrEqual(bucket.keys.size);
      }),
      { numRuns: 25 },
    );
  });

  test("counts the named keys of a manifest alone, as ranges", async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, async (keys) => {
        const named = keys.filter((_, index) => index % 2 > 0);
        const store = storeOf(bucketOf(keys.slice(3)));
        const there = named.filter((one) => !keys.slice(0, 3).includes(one));
        const record = await look(store, journalOf(named.slice(0, 5)), (await walkOfNamed(named))(store, undefined));
        const younger = there.filter((one) => !named.slice(0, 5).includes(one)).length;
        expect(record).toMatchObject({ listed: there.length, younger });
      }),
      { numRuns: 15 },
    );
  });

  test("draws the sample evenly from all ranges", async () => {
    const keys = numbered(400);
    const quarters = [0, 0, 0, 0];
    for (let nth = 0; nth < 12; nth += 1) {
      const bucket = bucketOf(keys);
      expect(await look(storeOf(bucket), journalOf([]))).toMatchObject({ listed: 400, younger: 400, sampled: 100 });
      for (const headed of bucket.headed.keys()) {
        const quarter = Math.floor(Number(headed) / 100);
        quarters[quarter] = (quarters[quarter] ?? 0) + 1;
      }
    }
    // Expected: 300 each, with a deviation of 13.
    for (const quarter of quarters) expect(Math.abs(quarter - 300)).toBeLessThan(80);
  });

  const swapped: Sort = (given) => {
    const name = (one: string) => (one === "0180" ? "0181" : one === "0181" ? "0180" : one);
    return given.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
  };

  test("lists a scope without order again from the beginning, as one range", async () => {
    const { store, counts } = counting(storeOf(bucketOf(numbered(200)), swapped));
    const context = { ...wholeWalk(store), list: async () => ({ objects: [], keysEncoded: true }) };
    const { at: _, ...record } = await look(store, journalOf(numbered(200)));
    expect(counts.fromKeys).toBeGreaterThan(0);
    expect(counts.fromStart).toBe(2);
    expect(record).toMatchObject({ listed: 200, refused: null });
    expect(await look(store, journalOf(numbered(200)), context)).toMatchObject(record);
  });

  test("lists a scope once as one range if the run found it without order", async () => {
    const { store, counts } = counting(storeOf(bucketOf(numbered(200)), swapped));
    const afresh = { kind: "checkpoint", ...SCOPE, upTo: null, listed: 0, filteredOut: 0, end: false, afresh: true };
    expect(await look(store, journalOf(numbered(200), [afresh]))).toMatchObject({ listed: 200 });
    expect(counts).toEqual({ fromKeys: 0, fromStart: 1 });
  });

  test("records the refusal of any range", async () => {
    const store = storeOf(bucketOf(numbered(200)));
    const refusing = fakeStore({
      ...store,
      listObjects: async (input) => {
        if (input.limit === undefined && input.startAfter !== undefined) throw storeError("access-denied");
        return store.listObjects(input);
      },
    });
    const { refused, listed } = await look(refusing, journalOf(numbered(200)));
    expect(refused).toContain("for the test");
    expect(listed).toBeLessThan(200);
  });

  test("lists nothing if each bucket has a default", async () => {
    const found: JournalRecord[] = [];
    const journal = { append: async (record: JournalRecord) => void found.push(record) };
    await lookForArrivals([SCOPE], new Map(), journalOf([]), auditContext(fakeStore({}), { journal }));
    expect(found).toEqual([]);
  });
});
