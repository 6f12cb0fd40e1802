import { describe, expect, test } from "vitest";
import { type ListedPage, walkPages } from "../../../migrate/store/page-walk.js";
import { collect } from "../../buckets/async-items.js";

/** Pages by their tokens; the first is "0". `asked` fills up with what was fetched. */
function walk(pageOf: (token: string, nth: number) => ListedPage<string, string>, signal?: AbortSignal) {
  const asked: string[] = [];
  const repeated: string[] = [];
  const pages = walkPages<string, string>({
    operation: "listObjects",
    nameOf: (name) => name,
    onRepeated: (name) => repeated.push(name),
    signal,
    fetch: async (next) => {
      asked.push(next ?? "0");
      // Nothing here may be endless if the guard fails.
      if (asked.length > 5000) throw new Error("asked without end");
      return pageOf(next ?? "0", asked.length);
    },
  });
  return { pages, asked, repeated };
}

const stuck = (message: RegExp) => ({ kind: "listing-stuck", message: expect.stringMatching(message) });

describe("walkPages", () => {
  test("yields every page once", async () => {
    const { pages, repeated } = walk((token) => ({
      entries: [`${token}a`, `${token}b`],
      next: token === "2" ? null : String(Number(token) + 1),
    }));
    expect((await collect(pages)).flat()).toEqual(["0a", "0b", "1a", "1b", "2a", "2b"]);
    expect(repeated).toEqual([]);
  });

  test("fails at a repeated token, after the page that came with it", async () => {
    const { pages, asked } = walk((token, nth) => ({ entries: [`${nth}`], next: token === "0" ? "1" : "1" }));
    const seen: string[] = [];
    const all = async () => {
      for await (const page of pages) seen.push(...page);
    };
    await expect(all()).rejects.toMatchObject(stuck(/token of its next page/));
    expect(seen).toEqual(["1", "2"]);
    expect(asked).toEqual(["0", "1"]);
  });

  test("fails if the listing comes around, with any tokens and page cuts", async () => {
    // A circle of 7 entries in pages of 3: no page is cut as an earlier one until the third time around.
    const at = (index: number) => `entry ${index % 7}`;
    const { pages, repeated } = walk((_, nth) => {
      const first = (nth - 1) * 3;
      return { entries: [at(first), at(first + 1), at(first + 2)], next: `token ${nth}` };
    });
    const seen: string[] = [];
    const all = async () => {
      for await (const page of pages) seen.push(...page);
    };
    await expect(all()).rejects.toMatchObject(stuck(/returned to entries/));
    expect([...new Set(seen)]).toEqual(seen);
    expect(repeated).toEqual([]);
  });

  test("fails at a page that only repeats the previous one under a new token", async () => {
    const { pages, asked } = walk((_, nth) => ({ entries: ["a", "b"], next: `token ${nth}` }));
    await expect(collect(pages)).rejects.toMatchObject(stuck(/a page repeats the page before/));
    expect(asked.length).toBeLessThan(4);
  });

  test("fails after a thousand empty pages in a row, and not earlier", async () => {
    const empty = walk((_, nth) => ({ entries: [], next: `token ${nth}` }));
    await expect(collect(empty.pages)).rejects.toMatchObject(stuck(/1000 pages in a row/));
    const sparse = walk((_, nth) => ({
      entries: nth === 900 ? ["a"] : [],
      next: nth === 1800 ? null : `token ${nth}`,
    }));
    expect((await collect(sparse.pages)).flat()).toEqual(["a"]);
  });

  test("yields entries in which pages overlap once, and reports them", async () => {
    const cut = [["a", "b"], ["b", "c"], ["c"]];
    const { pages, repeated } = walk((token) => ({
      entries: cut[Number(token)] ?? [],
      next: token === "2" ? null : String(Number(token) + 1),
    }));
    expect((await collect(pages)).flat()).toEqual(["a", "b", "c"]);
    expect(repeated).toEqual(["b", "c"]);
  });

  test("ends when the signal fires, even if the store does not answer", async () => {
    const controller = new AbortController();
    const pages = walkPages<string, string>({
      operation: "listObjects",
      nameOf: (name) => name,
      signal: controller.signal,
      fetch: () => new Promise(() => undefined),
    });
    const ended = expect(pages.next()).rejects.toMatchObject({ kind: "interrupted" });
    controller.abort();
    await ended;
  });
});
