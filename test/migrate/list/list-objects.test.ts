import { describe, expect, test } from "vitest";
import { listObjects } from "../../../migrate/list/list-objects.js";
import type { ListObjectsInput } from "../../../migrate/store/object-store.js";
import { collect } from "../../buckets/async-items.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const SCOPE = { bucket: "b", prefix: "p/" };
const entry = (key: string) => ({ key, sizeBytes: 1, etag: "e", lastModified: "", storageClass: "STANDARD" });

/** Pages of two keys, and what was asked of the store. */
function pagedStore(keys: readonly string[], failAt = Number.POSITIVE_INFINITY) {
  const asked: ListObjectsInput[] = [];
  const store = fakeStore({
    listObjects: async (input) => {
      asked.push(input);
      if (asked.length > failAt) throw storeError("throttled");
      const start = Number(input.continuationToken ?? 0);
      const nextToken = start + 2 < keys.length ? String(start + 2) : null;
      return { objects: keys.slice(start, start + 2).map(entry), nextToken };
    },
  });
  return { store, asked };
}

describe("listObjects", () => {
  test("yields every key of every page in the order of the store", async () => {
    const { store } = pagedStore(["a", "b", "c", "d", "e"]);
    const pages = await collect(listObjects(store, SCOPE));
    const keys = pages.map((page) => page.map(({ key }) => key));
    expect(keys).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  test("starts after the given key, and continues with the token of the store", async () => {
    const { store, asked } = pagedStore(["a", "b", "c"]);
    await collect(listObjects(store, SCOPE, "0"));
    expect(asked).toEqual([
      { ...SCOPE, startAfter: "0" },
      { ...SCOPE, continuationToken: "2" },
    ]);
  });

  test("fetches exactly one page ahead", async () => {
    const { store, asked } = pagedStore(["a", "b", "c", "d", "e", "f", "g"]);
    const listing = listObjects(store, SCOPE);
    await listing.next();
    expect(asked).toHaveLength(2);
    await listing.next();
    expect(asked).toHaveLength(3);
    await listing.return(undefined);
    expect(asked).toHaveLength(3);
  });

  test("reports a failed page only after the keys of earlier pages", async () => {
    const { store } = pagedStore(["a", "b", "c", "d"], 1);
    const listing = listObjects(store, SCOPE);
    expect((await listing.next()).value).toMatchObject([{ key: "a" }, { key: "b" }]);
    await expect(listing.next()).rejects.toMatchObject({ kind: "throttled" });
  });

  test("ignores a failed page if the caller stops before it", async () => {
    const { store } = pagedStore(["a", "b", "c", "d"], 1);
    for await (const _ of listObjects(store, SCOPE)) break;
    await new Promise((resolve) => setImmediate(resolve));
  });

  test("yields no objects for an empty bucket", async () => {
    expect((await collect(listObjects(pagedStore([]).store, SCOPE))).flat()).toEqual([]);
  });
});
