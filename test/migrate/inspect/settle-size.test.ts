import { describe, expect, test } from "vitest";
import { inspect, inspectUnder } from "../../../migrate/object/inspect.js";
import type { StoreError } from "../../../migrate/store/store-error.js";
import { capabilities } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const OBJECT = { bucket: "b", key: "k" };
const can = capabilities();

interface Said {
  readonly head: string | null;
  readonly get?: number | null | StoreError;
  readonly getEtag?: string;
  readonly listing?: number;
  readonly listedEtag?: string;
}

/** A store that says so much of one object's size. */
function saying({ head, get, getEtag = "e", listing, listedEtag = "e" }: Said) {
  const asked: string[] = [];
  const lengths = head === null ? {} : { "content-length": head };
  const entry = { key: "k", etag: listedEtag, lastModified: "", storageClass: "STANDARD" };
  const store = fakeStore({
    headObject: async () => ({ headers: { etag: '"e"', ...lengths }, requestId: null }),
    getFirstByte: async () => {
      asked.push("GET");
      if (typeof get === "object" && get !== null) throw get;
      return { totalBytes: get ?? null, etag: getEtag };
    },
    listObjects: async () => {
      asked.push("LIST");
      return { objects: listing === undefined ? [] : [{ ...entry, sizeBytes: listing }], nextToken: null };
    },
  });
  return { store, asked };
}

const listed = (sizeBytes: number, etag = "e") => ({ etag, sizeBytes });

describe("object size", () => {
  test.each<[string, Said, ReturnType<typeof listed> | undefined, number, string[]]>([
    ["HEAD's", { head: "9000" }, undefined, 9000, []],
    ["HEAD's, as the listing's", { head: "9000" }, listed(9000), 9000, []],
    ["HEAD's, if the listing is of another write", { head: "9000" }, listed(10, "older"), 9000, []],
    ["HEAD's and GET's, if the listing has another", { head: "9000", get: 9000 }, listed(10), 9000, ["GET"]],
    ["GET's, if HEAD has none", { head: null, get: 9000, listing: 9000 }, undefined, 9000, ["GET", "LIST"]],
    ["GET's, as the listing's", { head: null, get: 9000 }, listed(9000), 9000, ["GET"]],
    ["the listing's, if GET has none", { head: null, get: null }, listed(9000), 9000, ["GET"]],
    ["the listing's, if GET is refused", { head: null, get: storeError("access-denied") }, listed(9000), 9000, ["GET"]],
    ["the listing's, asked for", { head: null, get: null, listing: 9000 }, undefined, 9000, ["GET", "LIST"]],
    ["0, if it is empty", { head: null, get: 0 }, listed(0), 0, ["GET"]],
  ])("is %s", async (_, said, ref, sizeBytes, calls) => {
    const { store, asked } = saying(said);
    const seen = await inspect(store, { ...OBJECT, listed: ref }, can);
    expect(seen).toMatchObject({ kind: "found", facts: { sizeBytes } });
    expect(asked).toEqual(calls);
  });

  test.each<[string, Said, ReturnType<typeof listed> | undefined]>([
    ["nobody says it", { head: null, get: null }, undefined],
    ["HEAD sends what is no number", { head: "-9000", get: null }, undefined],
    [
      "GET is of another write, and the listing too",
      { head: null, get: 1, getEtag: "x", listing: 1, listedEtag: "x" },
      undefined,
    ],
    ["GET and the listing contradict each other", { head: null, get: 10 }, listed(9000)],
    ["HEAD and the listing do, and GET agrees with neither", { head: "10", get: 11 }, listed(9000)],
    ["HEAD and the listing do, and GET agrees with the listing", { head: "0", get: 9000 }, listed(9000)],
    ["GET shows it to be empty, and the listing has a size", { head: null, get: 0 }, listed(9)],
  ])("is unknown if %s", async (_, said, ref) => {
    const seen = await inspect(saying(said).store, { ...OBJECT, listed: ref }, can);
    expect(seen).toMatchObject({ kind: "failed", error: { kind: "size-unknown" } });
  });

  test("fails as throttled if the store throttles", async () => {
    const { store } = saying({ head: null, get: storeError("throttled") });
    expect(await inspectUnder(null, store, OBJECT, can)).toMatchObject({
      kind: "failed",
      error: { kind: "throttled" },
    });
  });
});
