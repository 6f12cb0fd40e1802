import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ListedRange, Unordered } from "../../../migrate/list/cut-range.js";
import { listObjects } from "../../../migrate/list/list-objects.js";
import { joinRanges, readSideBySide, type SideBySide } from "../../../migrate/list/side-by-side.js";
import { type KeyRange, WHOLE_RANGE } from "../../../migrate/model/key-range.js";
import type { ObjectRef } from "../../../migrate/model/object.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { fakeStore } from "../fixtures/fake-store.js";
import { bucketOf, manyKeys, SCOPE, storeOf } from "../fixtures/listed-bucket.js";

const LATENCY_MS = 50;

/** Lists numbered keys in pages of 1,000, each answer after 50 ms. */
function slowStore(count: number): ObjectStore {
  const keyAt = (index: number) => `logs/${String(index).padStart(9, "0")}`;
  const entry = (key: string) => ({ key, sizeBytes: 1, etag: "e", lastModified: "", storageClass: "STANDARD" });
  const firstAfter = (place: string) => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keyAt(middle) > place) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return fakeStore({
    listObjects: async ({ startAfter = "", continuationToken = startAfter, limit = 1000 }) => {
      await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
      const first = firstAfter(continuationToken);
      const keys = Array.from({ length: Math.min(limit, count - first) }, (_, nth) => keyAt(first + nth));
      return {
        objects: keys.map(entry),
        nextToken: first + keys.length < count ? (keys.at(-1) ?? null) : null,
        keysEncoded: true,
      };
    },
  });
}

interface Seen {
  readonly keys: string[];
  running: number;
  mostRunning: number;
}

type More = Partial<Pick<SideBySide<never>, "signal" | "cutting">>;
const OFTEN: More = { cutting: { everyMs: 1, worth: 2 } };

/** Reads all keys of a store as ranges. `onCut` is awaited before a range is read. */
async function readAll(store: ObjectStore, most: number, onCut: () => Promise<unknown>, seen: Seen, more: More = {}) {
  await readSideBySide<{ readonly range: KeyRange }>({
    scope: SCOPE,
    parts: [{ range: WHOLE_RANGE }],
    most,
    list: store.listObjects,
    start: ({ range }, stop) => {
      seen.running += 1;
      seen.mostRunning = Math.max(seen.mostRunning, seen.running);
      return new ListedRange({
        range,
        objects: listObjects(store, SCOPE, range.after ?? undefined),
        onObject: ({ key }) => void seen.keys.push(key),
        facts: {
          [Symbol.asyncDispose]: async () => {
            seen.running -= 1;
          },
        },
        stop,
      });
    },
    onCut: async (_, range) => {
      await onCut();
      return { range };
    },
    ...more,
  });
}

const nothingSeen = (): Seen => ({ keys: [], running: 0, mostRunning: 0 });

describe("readSideBySide", () => {
  afterEach(() => void vi.useRealTimers());

  test("reads 16 ranges after at most 20 round trips", async () => {
    vi.useFakeTimers();
    const seen = nothingSeen();
    const end = new AbortController();
    const reading = readAll(slowStore(2_000_000), 16, async () => undefined, seen, { signal: end.signal });
    for (let trips = 0; trips < 20; trips += 1) await vi.advanceTimersByTimeAsync(LATENCY_MS);
    expect(seen.running).toBe(16);
    end.abort();
    await vi.advanceTimersByTimeAsync(10 * LATENCY_MS);
    await reading;
    expect(seen.running).toBe(0);
    expect(new Set(seen.keys).size).toBe(seen.keys.length);
  });

  test("reads 400 pages in less than 60 round trips, of which 25 are the least for 16 ranges", async () => {
    vi.useFakeTimers();
    const seen = nothingSeen();
    let isRead = false;
    void readAll(slowStore(400_000), 16, async () => undefined, seen).then(() => {
      isRead = true;
    });
    let trips = 0;
    for (; !isRead && trips < 200; trips += 1) await vi.advanceTimersByTimeAsync(LATENCY_MS);
    expect(trips).toBeLessThan(60);
    expect(seen.keys.length).toBe(400_000);
  });

  test("reads each key once, and never more ranges than it may, however long each cut takes", async () => {
    let cuts = 0;
    const times = fc.infiniteStream(fc.integer({ min: 0, max: 6 }));
    await fc.assert(
      fc.asyncProperty(manyKeys, times, fc.integer({ min: 1, max: 6 }), async (keys, delays, most) => {
        const store = storeOf(bucketOf(keys));
        const slow = fakeStore({
          listObjects: async (input) => {
            await wait(delays.next().value ?? 0);
            return store.listObjects(input);
          },
        });
        const seen = nothingSeen();
        const onCut = () => {
          cuts += 1;
          return wait(delays.next().value ?? 0);
        };
        await readAll(slow, most, onCut, seen, OFTEN);
        expect(seen.keys.toSorted()).toEqual(keys.toSorted());
        expect(seen.mostRunning).toBeLessThanOrEqual(most);
        expect(seen.running).toBe(0);
      }),
      { numRuns: 25 },
    );
    expect(cuts).toBeGreaterThan(10);
  });

  test("rejects with the failure of a cut once every range has stopped, whatever other cuts are under way", async () => {
    const keys = Array.from({ length: 400 }, (_, n) => String(n).padStart(4, "0"));
    const seen = nothingSeen();
    let cuts = 0;
    const failing = async () => {
      cuts += 1;
      if (cuts === 3) throw new Error("the disk is full");
    };
    await expect(readAll(storeOf(bucketOf(keys)), 6, failing, seen, OFTEN)).rejects.toThrow("the disk is full");
    expect(seen.running).toBe(0);
    expect(seen.keys.length).toBeLessThan(400);
  });
});

describe("ListedRange", () => {
  const ref = (key: string, raw?: string): ObjectRef => ({
    bucket: "b",
    key,
    sizeBytes: 1,
    etag: "e",
    lastModified: "",
    storageClass: "STANDARD",
    ...(raw !== undefined && { fault: { kind: "unreadable-key", raw } }),
  });
  async function* pagesOf(refs: readonly ObjectRef[]) {
    for (let at = 0; at < refs.length; at += 2) yield refs.slice(at, at + 2);
  }
  const reading = (range: KeyRange, refs: readonly ObjectRef[], found: string[]) =>
    new ListedRange({
      range,
      objects: pagesOf(refs),
      onObject: ({ key, fault }) => void found.push(fault?.raw ?? key),
      stop: new AbortController().signal,
    });

  test("hands on the keys of its range alone, and places those that cannot be decoded by their bytes", async () => {
    const found: string[] = [];
    const refs = [ref("a"), ref("c"), ref("", "z%ff"), ref("", "d%ff"), ref("e"), ref("n"), ref("f")];
    await reading({ after: "b", through: "m" }, refs, found).done;
    expect(found).toEqual(["c", "d%ff", "e"]);
  });

  test("fails if its keys have no order", async () => {
    const range = reading({ after: "b", through: null }, [ref("c"), ref("e"), ref("d")], []);
    await expect(range.done).rejects.toBeInstanceOf(Unordered);
  });

  test("reads a whole scope without order, and cannot be cut then", async () => {
    const found: string[] = [];
    const range = reading(WHOLE_RANGE, [ref("c"), ref("e"), ref("d")], found);
    await range.done;
    expect(found).toEqual(["c", "e", "d"]);
    expect(range.narrow("x")).toBe(false);
  });

  test("cannot be cut at a key that it has listed, or outside of it", async () => {
    const range = reading({ after: "b", through: "m" }, [ref("c"), ref("e")], []);
    await range.done;
    expect([range.narrow("d"), range.narrow("x"), range.narrow("k")]).toEqual([false, false, true]);
    expect(range.range).toEqual({ after: "b", through: "k" });
  });
});

describe("joinRanges", () => {
  test("joins neighbours until they are worth a range, and names the longest first", () => {
    const ends = ["a", "b", "c", "d", null];
    const listed = [50, 5, 40, 200, 10];
    const ranges = ends.map((through, nth) => ({
      range: { after: ends[nth - 1] ?? null, through },
      listed: listed[nth] ?? 0,
    }));
    expect(joinRanges(ranges, 40).map(({ range }) => range)).toEqual([
      { after: "c", through: "d" },
      { after: null, through: "a" },
      { after: "a", through: "c" },
      { after: "d", through: null },
    ]);
  });
});
