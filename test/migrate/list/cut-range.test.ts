import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCuts } from "../../../migrate/list/cut-range.js";
import { compareKeys, compareKeysIn, dependsOnOrder, type KeyOrder } from "../../../migrate/model/key-order.js";
import type { ListedObject } from "../../../migrate/store/answers.js";
import type { ListObjectsInput } from "../../../migrate/store/object-store.js";

function listed(key: string): ListedObject {
  return { key, sizeBytes: 1, etag: "e", lastModified: "2026-01-01T00:00:00.000Z", storageClass: "STANDARD" };
}

/** Answers as a store with these keys, which are in order. */
function storeOf(keys: readonly string[], order: KeyOrder = "utf-8") {
  const compare = compareKeysIn(order);
  const sorted = [...new Set(keys)].sort(compare);
  const asked: string[] = [];
  const list = async ({ prefix, startAfter = "", limit }: ListObjectsInput) => {
    asked.push(startAfter);
    const first = firstAfter(sorted, startAfter, compare);
    const found = sorted.slice(first, first + (limit ?? 1000)).filter((key) => key.startsWith(prefix));
    return { objects: found.map(listed), keysEncoded: true };
  };
  return { sorted, asked, list };
}

/** The index of the first key after a place. */
function firstAfter(sorted: readonly string[], place: string, compare: (a: string, b: string) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle] ?? "", place) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

const WHOLE = { after: null, through: null };
const numbered = (count: number, stem: string) =>
  Array.from({ length: count }, (_, n) => `${stem}${String(n).padStart(7, "0")}`);

function partsAt(cut: string | null, sorted: readonly string[], from: string) {
  const rest = sorted.filter((key) => compareKeys(key, from) > 0);
  const behind = rest.filter((key) => compareKeys(key, cut ?? "") > 0).length;
  return { before: rest.length - behind, behind };
}

describe("findCuts", () => {
  test.each([
    ["flat", numbered(100_000, "")],
    ["one giant prefix", numbered(100_000, "logs/2026/11/29/host-a/request-")],
    ["deep", numbered(1000, "").flatMap((year) => numbered(20, `${year}/a/b/c/`))],
    [
      "hexadecimal",
      Array.from({ length: 50_000 }, (_, n) => ((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0")),
    ],
  ])("cuts %s keys so that each part has at least a tenth of the rest", { tags: ["slow"] }, async (_, keys) => {
    const { sorted, list, asked } = storeOf(keys);
    const from = sorted[999] ?? "";
    const [cut = null] = await findCuts(list, { bucket: "b", prefix: "" }, { from, range: WHOLE });
    const { before, behind } = partsAt(cut, sorted, from);
    expect(Math.min(before, behind) / (before + behind)).toBeGreaterThan(0.1);
    expect(asked.length).toBeLessThan(60);
  });

  test("cuts into as many parts as are wanted, of nearly equal size, with the requests of a single cut", async () => {
    const { sorted, list, asked } = storeOf(numbered(1_000_000, "object-"));
    const from = sorted[999] ?? "";
    const cuts = await findCuts(list, { bucket: "b", prefix: "" }, { from, range: WHOLE }, 15);
    expect(cuts).toEqual(Array.from({ length: 9 }, (_, n) => `object-0${n + 1}`));
    expect(await findCuts(list, { bucket: "b", prefix: "" }, { from, range: WHOLE }, 3)).toEqual([
      "object-03",
      "object-05",
      "object-07",
    ]);
    expect(asked.length).toBeLessThan(60);
  });

  test("finds none behind the last keys", async () => {
    const { sorted, list } = storeOf(numbered(1000, "a/"));
    expect(await findCuts(list, { bucket: "b", prefix: "" }, { from: sorted.at(-1) ?? "", range: WHOLE })).toEqual([]);
  });

  test("finds none if the store does not list after the key that it was given", async () => {
    const { sorted } = storeOf(numbered(5000, "a/"));
    const list = async ({ limit }: ListObjectsInput) => ({ objects: sorted.slice(0, limit).map(listed) });
    expect(await findCuts(list, { bucket: "b", prefix: "" }, { from: sorted[999] ?? "", range: WHOLE })).toEqual([]);
  });

  test("finds none if the store does not encode keys", async () => {
    const { sorted, list } = storeOf(numbered(5000, "a/"));
    const plain = async (input: ListObjectsInput) => ({ ...(await list(input)), keysEncoded: false });
    expect(await findCuts(plain, { bucket: "b", prefix: "" }, { from: sorted[999] ?? "", range: WHOLE })).toEqual([]);
  });

  const key = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
    fc.string({
      unit: fc.constantFrom("a", "b", "/", "0", "é", "\uffee", "🦊", "~", "\u007f"),
      minLength: 1,
      maxLength: 10,
    }),
  );

  test.each<KeyOrder>(["utf-8", "utf-16"])(
    "cuts any keys, listed in %s order, at places that are the same in both orders, with keys behind the last",
    async (order) => {
      const cases = fc.array(key, { minLength: 2, maxLength: 60 });
      const bounds = fc.record({ isBounded: fc.boolean(), most: fc.integer({ min: 1, max: 16 }) });
      await fc.assert(
        fc.asyncProperty(cases, fc.nat(), fc.nat(), bounds, async (keys, at, to, { isBounded, most }) => {
          const { sorted, list } = storeOf(keys, order);
          const from = sorted[at % sorted.length] ?? "";
          const bound = sorted[to % sorted.length] ?? "";
          const through = isBounded && !dependsOnOrder(bound) ? bound : null;
          const rest = { from, range: { after: null, through } };
          const cuts = await findCuts(list, { bucket: "b", prefix: "" }, rest, most);
          expect(cuts.length).toBeLessThanOrEqual(most);
          expect(cuts.some(dependsOnOrder)).toBe(false);
          expect([...new Set([from, ...cuts])].toSorted(compareKeys)).toEqual([from, ...cuts]);
          const last = cuts.at(-1);
          if (last === undefined) return;
          const isBehind = (one: string) =>
            compareKeys(one, last) > 0 && (through === null || compareKeys(one, through) <= 0);
          expect(sorted.some(isBehind)).toBe(true);
        }),
        { numRuns: 500 },
      );
    },
  );
});
