import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Page, type Seek, seekNamed } from "../../../migrate/compare/seek-named.js";
import { compareKeys, compareKeysIn, KEY_ORDERS, type KeyOrder, keyBefore } from "../../../migrate/model/key-order.js";
import { collect } from "../../buckets/async-items.js";

const PAGE = 5;

/** A listing of these keys, each of them so often, a few entries a page. */
function listing(
  keys: readonly string[],
  entriesOfAKey: Seek<{ key: string }>["entriesOfAKey"],
  times = 1,
  order: KeyOrder = "utf-8",
) {
  const compare = compareKeysIn(order);
  const entries = keys.toSorted(compare).flatMap((key) => Array.from({ length: times }, () => ({ key })));
  const calls = { count: 0 };
  const page = async (found: readonly { key: string }[]): Promise<Page<{ key: string }>> => {
    calls.count += 1;
    return { entries: found.slice(0, PAGE), next: found.length > PAGE ? () => page(found.slice(PAGE)) : null };
  };
  const seek: Seek<{ key: string }> = {
    entriesOfAKey,
    before: (key) => {
      const marker = keyBefore(key);
      return page(entries.filter((entry) => marker === undefined || compare(entry.key, marker) > 0));
    },
    at: (key) => page(entries.filter((entry) => entry.key.startsWith(key))),
  };
  return { seek, calls };
}

async function* each(keys: readonly string[]) {
  yield* keys;
}

const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u{1f512}", "\uff5e"), minLength: 1, maxLength: 4 });
const keys = fc.uniqueArray(key, { maxLength: 40 });
const orders = fc.constantFrom(...KEY_ORDERS);

describe("seekNamed", () => {
  it("finds the listed entries of any named keys in any store order, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, fc.constantFrom(1, 3, 12), orders, async (listed, named, times, order) => {
        const { seek, calls } = listing(listed, times === 1 ? "one" : "many", times, order);
        const row = named.toSorted(compareKeys);
        const found = await collect(seekNamed(each(row), seek));
        expect(found.map((each) => each.key)).toEqual(row);
        expect(found.map(({ entries }) => entries.length)).toEqual(
          row.map((name) => (listed.includes(name) ? times : 0)),
        );
        expect(calls.count).toBeLessThanOrEqual(named.length * (2 + Math.ceil((times + 1) / PAGE)));
      }),
    );
  });

  it("lists a page once if all of its keys are named", async () => {
    const all = Array.from({ length: 100 }, (_, index) => `k${String(index).padStart(3, "0")}`);
    const { seek, calls } = listing(all, "one");
    await collect(seekNamed(each(all), seek));
    expect(calls.count).toBeLessThanOrEqual(2 * (100 / PAGE));
    const sparse = listing(all, "one");
    await collect(seekNamed(each(["k050"]), sparse.seek));
    expect(sparse.calls.count).toBe(1);
  });
});
