import { expect, it } from "vitest";
import { joinSorted, sortedCursor } from "../../../migrate/list/sorted.js";
import { collect } from "../fixtures/collect.js";

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
