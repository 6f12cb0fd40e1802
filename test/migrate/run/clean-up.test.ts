import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { RunFile } from "../../../migrate/journal/run-folder.js";
import { openThrowAways, sweepThrowAways } from "../../../migrate/run/clean-up.js";
import { fakeStore } from "../fixtures/fake-store.js";

test("a resumed run that removes the test objects of an earlier session no longer names them as left", async () => {
  const folder = ".bucketseal-probe-1/";
  let found = { bucket: "b", versioning: "never", warnings: [], probe: { folder, leftovers: [{ key: `${folder}a` }] } };
  const runFile = {
    current: () => ({ buckets: [found] }),
    note: async (_: string, change: (known: typeof found) => Partial<typeof found>) => {
      found = { ...found, ...change(found) };
    },
  };
  const store = fakeStore({
    listObjects: async () => ({ objects: [], nextToken: null }),
    listOpenUploads: async () => [],
  });
  const begun = [".bucketseal-canary-1", folder].map(
    (key) => ({ kind: "throw-away", bucket: "b", key, at: "" }) as const,
  );
  await sweepThrowAways(store, { begun: begun.slice(0, 1), unfinished: [] }, runFile as unknown as RunFile);
  expect(found.probe.leftovers).toHaveLength(1);
  await sweepThrowAways(store, { begun, unfinished: [] }, runFile as unknown as RunFile);
  expect(found).toMatchObject({ warnings: [], probe: { folder, leftovers: [] } });
});

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
