import { expect, it } from "vitest";
import { joinSorted, sortedCursor } from "../../../migrate/list/sorted.js";
import { collect } from "../fixtures/collect.js";

async function* sorted(...orders: string[]) {
  for (const [at, order] of orders.entries()) yield { order, item: `${order}${at}` };
}

it("gives all items of an order, and none of one that is not there", async () => {
  const cursor = sortedCursor(sorted("a", "b", "b", "d"));
  expect(await cursor.at("a")).toEqual(["a0"]);
  expect(await cursor.at("aa")).toEqual([]);
  expect(await cursor.at("b")).toEqual(["b1", "b2"]);
  expect(await cursor.at("b")).toEqual(["b1", "b2"]);
  expect(await cursor.at("c")).toEqual([]);
  expect(await cursor.at("d")).toEqual(["d3"]);
  expect(await cursor.at("e")).toEqual([]);
});

it("finds nothing for what is asked for out of order, and goes on from where it was", async () => {
  const cursor = sortedCursor(sorted("a", "b", "c"));
  expect(await cursor.at("b")).toEqual(["b1"]);
  expect(await cursor.at("a")).toEqual([]);
  expect(await cursor.at("c")).toEqual(["c2"]);
});

it("joins two sources by their orders, whichever ends first", async () => {
  const joined = await collect(joinSorted(sorted("a", "b", "b"), sorted("b", "c")));
  expect(joined).toEqual([
    { order: "a", left: ["a0"], right: [] },
    { order: "b", left: ["b1", "b2"], right: ["b0"] },
    { order: "c", left: [], right: ["c1"] },
  ]);
  expect(await collect(joinSorted(sorted(), sorted()))).toEqual([]);
});
