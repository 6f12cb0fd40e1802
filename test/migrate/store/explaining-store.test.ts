import { describe, expect, test } from "vitest";
import { explainingStore } from "../../../migrate/store/explaining-store.js";
import type { StoreError } from "../../../migrate/store/store-error.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const OBJECT = { bucket: "b", key: "k", versionId: "v" };
const BARE_400 = storeError("bad-request", { status: 400, code: "HTTP 400" });
const BARE_403 = storeError("access-denied", { status: 403, code: "HTTP 403" });

/** HEAD and GET of the first byte, each answering with what is next in its list: an error, or what was asked for. */
function store(heads: readonly (StoreError | null)[], gets: readonly (StoreError | null)[] = []) {
  const asked: unknown[] = [];
  const next = (name: string, answers: (StoreError | null)[]) => async (input: unknown) => {
    asked.push([name, input]);
    const error = answers.shift();
    if (error === undefined) throw new Error(`${name} was not expected`);
    if (error !== null) throw error;
    return { headers: {}, requestId: "fine" };
  };
  const headObject = next("HEAD", [...heads]);
  const get = next("GET", [...gets]);
  const getFirstByte = async (input: unknown) => {
    await get(input);
    return { totalBytes: 1, etag: "" };
  };
  const explaining = explainingStore(fakeStore({ headObject, getFirstByte }));
  return { asked, head: () => explaining.headObject(OBJECT) };
}

describe("explainingStore after a refused HEAD", () => {
  test.each([
    [BARE_400, storeError("expired-credentials", { status: 400, code: "ExpiredToken" })],
    [BARE_403, storeError("expired-credentials", { status: 403, code: "ExpiredToken" })],
    [BARE_403, storeError("clock-skew", { status: 403, code: "RequestTimeTooSkewed" })],
    [BARE_403, storeError("access-denied", { status: 403, code: "AccessDenied" })],
    [BARE_400, storeError("bad-request", { status: 400, code: "InvalidRequest" })],
    [BARE_400, storeError("throttled", { status: 503, code: "SlowDown" })],
  ])("turns %s into the error of GET: %s", async (bare, named) => {
    const { head, asked } = store([bare], [named]);
    await expect(head()).rejects.toMatchObject({ facts: { ...named.facts, operation: "headObject" } });
    expect(asked).toEqual([
      ["HEAD", OBJECT],
      ["GET", OBJECT],
    ]);
  });

  test("repeats a HEAD with 400 once if GET succeeds", async () => {
    const { head, asked } = store([BARE_400, null], [null]);
    expect(await head()).toMatchObject({ requestId: "fine" });
    expect(asked).toHaveLength(3);
  });

  test("returns the second 400 of HEAD even if GET succeeds", async () => {
    await expect(store([BARE_400, BARE_400], [null]).head()).rejects.toBe(BARE_400);
  });

  test.each([404, 412, 500, 503, null])("sends no GET after %s", async (status) => {
    const error = storeError("other", { status });
    const { head, asked } = store([error]);
    await expect(head()).rejects.toBe(error);
    expect(asked).toHaveLength(1);
  });
});
