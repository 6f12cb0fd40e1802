import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { openThrowAways } from "../../../migrate/run/clean-up.js";

test("a run waits for every removal of its test objects, whichever fails, and reports the first error", async () => {
  const throwAways = openThrowAways([], {
    journal: { append: async () => undefined },
    onBegin: async () => undefined,
    now: () => new Date(0),
  });
  const ended: string[] = [];
  let finish = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  throwAways.removeBeside(Promise.reject(new Error("the disk is full")));
  throwAways.removeBeside(
    held.then(() => {
      ended.push("first");
      throwAways.removeBeside(turn().then(() => void ended.push("begun meanwhile")));
    }),
  );
  const removed = throwAways.removed().finally(() => ended.push("all"));
  removed.catch(() => undefined);
  await turn();
  expect(ended).toEqual([]);
  finish();
  await expect(removed).rejects.toThrow("the disk is full");
  expect(ended).toEqual(["first", "all"]);
  await throwAways.removed();
  expect(ended).toEqual(["first", "all", "begun meanwhile"]);
});
