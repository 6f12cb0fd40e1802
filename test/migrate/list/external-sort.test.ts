import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { externalSort, sortedInFiles } from "../../../migrate/list/external-sort.js";
import { joinSorted, sortedCursor } from "../../../migrate/list/sorted.js";
import { byteOrder } from "../../../migrate/model/key-order.js";
import { collect } from "../../buckets/async-items.js";

interface Line {
  readonly key: string;
  readonly at: number;
}

const orderOf = ({ key }: Line) => byteOrder(key);

async function* each<T>(items: readonly T[]) {
  yield* items;
}

const foldersNow = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("bucketseal-sort-"));

describe("externalSort", () => {
  it("sorts any keys in S3 order, and keeps equal keys in their order", { tags: ["slow"] }, async () => {
    const keys = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), fc.constantFrom("a", "b", "ab")), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 200 }), async (given, maxHeldCharacters) => {
        const lines = given.map((key, at) => ({ key, at }));
        const sorted = await externalSort(each(lines), { orderOf, maxHeldCharacters, maxRunsALevel: 2 });
        const expected = lines.toSorted(
          (left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)) || left.at - right.at,
        );
        expect((await collect(sorted.read())).map(({ item }) => item)).toEqual(expected);
        await sorted.close();
      }),
      { numRuns: 40 },
    );
  });

  it("reads from any sort key on, as if the items before it were not there, in files of many blocks too", {
    tags: ["slow"],
  }, async () => {
    const long = fc.integer({ min: 0, max: 3000 }).map((length) => "x".repeat(length));
    const item = fc.record({ key: fc.string({ unit: "binary", maxLength: 3 }), text: long });
    const from = fc.string({ unit: "binary", maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 300, size: "max" }),
        fc.array(from, { maxLength: 5 }),
        fc.constantFrom(1000, 400_000, 10_000_000),
        async (items, places, maxHeldCharacters) => {
          const lines = items.map((one, at) => ({ ...one, at }));
          const sorted = await externalSort(each(lines), { orderOf, maxHeldCharacters, maxRunsALevel: 3 });
          const all = await collect(sorted.read());
          for (const place of [...places, ...lines.slice(0, 3).map(({ key }) => key)]) {
            const order = byteOrder(place);
            const rest = all.filter((found) => found.order >= order);
            expect(await collect(sorted.read(order))).toEqual(rest);
            const shared = sortedInFiles(JSON.parse(JSON.stringify(await sorted.files())) as string[], orderOf);
            expect(await collect(shared.read(order))).toEqual(rest);
          }
          await sorted.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it("can be read repeatedly and concurrently", async () => {
    const lines = ["c", "a", "b"].map((key, at) => ({ key, at }));
    const sorted = await externalSort(each(lines), { orderOf, maxHeldCharacters: 1 });
    const [first, second] = await Promise.all([collect(sorted.read()), collect(sorted.read())]);
    expect(first.map(({ order }) => order)).toEqual(["a", "b", "c"]);
    expect(second).toEqual(first);
    await sorted.close();
  });

  it.each([1, 10_000])("shares all items, in order, in files that go when it is closed, with %i held", async (held) => {
    const lines = ["c", "a", "b", "\ud800", "a"].map((key, at) => ({ key, at }));
    const sorted = await externalSort(each(lines), { orderOf, maxHeldCharacters: held });
    const files = await sorted.files();
    expect(await sorted.files()).toBe(files);
    const shared = sortedInFiles<Line>(files, orderOf);
    expect(await collect(shared.read())).toEqual(await collect(sorted.read()));
    expect((await collect(shared.read("b"))).map(({ item }) => item.at)).toEqual([2, 0, 3]);
    await sorted.close();
    await expect(collect(shared.read())).rejects.toThrow("ENOENT");
  });

  it("leaves nothing in the temporary folder, even if the source fails", async () => {
    const before = await foldersNow();
    const failing = async function* () {
      yield { key: "a", at: 0 };
      throw new Error("broken source");
    };
    await expect(externalSort(failing(), { orderOf, maxHeldCharacters: 1 })).rejects.toThrow("broken source");
    const sorted = await externalSort(each([{ key: "a", at: 0 }]), { orderOf, maxHeldCharacters: 1 });
    const during = await foldersNow();
    await sorted.close();
    expect(during.length).toBeGreaterThan(0);
    expect((await foldersNow()).filter((name) => !before.includes(name) && during.includes(name))).toEqual([]);
  });
});

describe("byteOrder", () => {
  it("differs from the order of JavaScript strings where UTF-8 does", () => {
    const [high, astral] = ["\uff5e", "\u{1f512}"];
    expect(high < astral).toBe(false);
    expect(byteOrder(high) < byteOrder(astral)).toBe(true);
  });
});

async function* sorted(...orders: string[]) {
  for (const [at, order] of orders.entries()) yield { order, item: `${order}${at}` };
}

it("sortedCursor returns every item of an order, and none for an absent one", async () => {
  const cursor = sortedCursor(sorted("a", "b", "b", "d"));
  expect(await cursor.at("a")).toEqual(["a0"]);
  expect(await cursor.at("aa")).toEqual([]);
  expect(await cursor.at("b")).toEqual(["b1", "b2"]);
  expect(await cursor.at("b")).toEqual(["b1", "b2"]);
  expect(await cursor.at("c")).toEqual([]);
  expect(await cursor.at("d")).toEqual(["d3"]);
  expect(await cursor.at("e")).toEqual([]);
});

it("sortedCursor finds nothing if asked out of order, and continues from its position", async () => {
  const cursor = sortedCursor(sorted("a", "b", "c"));
  expect(await cursor.at("b")).toEqual(["b1"]);
  expect(await cursor.at("a")).toEqual([]);
  expect(await cursor.at("c")).toEqual(["c2"]);
});

it("joinSorted joins two sources by order, whichever ends first", async () => {
  const joined = await collect(joinSorted(sorted("a", "b", "b"), sorted("b", "c")));
  expect(joined).toEqual([
    { order: "a", left: ["a0"], right: [] },
    { order: "b", left: ["b1", "b2"], right: ["b0"] },
    { order: "c", left: [], right: ["c1"] },
  ]);
  expect(await collect(joinSorted(sorted(), sorted()))).toEqual([]);
});
