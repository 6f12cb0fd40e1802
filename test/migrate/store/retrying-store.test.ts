import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { retryDelayMs, retryingStore } from "../../../migrate/store/retrying-store.js";
import type { StoreErrorKind } from "../../../migrate/store/store-error.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

/** A store that answers with an error so many times, and then with a head. */
function failing(kind: StoreErrorKind, times: number) {
  const state = { calls: 0 };
  const store = fakeStore({
    headObject: async () => {
      state.calls += 1;
      if (state.calls <= times) throw storeError(kind);
      return { headers: {}, requestId: "fine" };
    },
  });
  return { state, store };
}

const input = { bucket: "b", key: "k" };

describe("a call that failed", () => {
  beforeEach(() => {
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(["throttled", "server-error", "unreachable", "conflict"] as const)(
    "for being %s is made again",
    async (kind) => {
      const { state, store } = failing(kind, 3);
      const retries: string[] = [];
      const patient = retryingStore(store, {
        maxAttempts: 5,
        onRetry: (name, { kind: why }) => retries.push(`${name} ${why}`),
      });
      expect(await patient.headObject(input)).toMatchObject({ requestId: "fine" });
      expect(state.calls).toBe(4);
      expect(retries).toEqual(Array(3).fill(`headObject ${kind}`));
    },
  );

  test("inside the store is given up after five times, where a throttled one is not", async () => {
    const inside = failing("server-error", 6);
    await expect(retryingStore(inside.store, { maxAttempts: 10 }).headObject(input)).rejects.toThrow();
    expect(inside.state.calls).toBe(5);
    const throttled = failing("throttled", 6);
    await retryingStore(throttled.store, { maxAttempts: 10 }).headObject(input);
    expect(throttled.state.calls).toBe(7);
  });

  test.each([
    "no-credentials",
    "invalid-credentials",
    "access-denied",
    "wrong-region",
    "no-such-bucket",
    "not-found",
    "precondition-failed",
    "tls",
    "not-implemented",
    "archived",
    "too-large",
    "bad-request",
    "read-only",
    "other",
  ] as const)("for being %s is not", async (kind) => {
    const { state, store } = failing(kind, 1);
    await expect(retryingStore(store, { maxAttempts: 5 }).headObject(input)).rejects.toMatchObject({ kind });
    expect(state.calls).toBe(1);
  });

  test("for a mistake in the program is not", async () => {
    const store = fakeStore({ headObject: () => Promise.reject(new TypeError("a bug")) });
    await expect(retryingStore(store, { maxAttempts: 5 }).headObject(input)).rejects.toThrow("a bug");
  });

  test("is given up after so many attempts, with the last error", async () => {
    const { state, store } = failing("throttled", 100);
    await expect(retryingStore(store, { maxAttempts: 3 }).headObject(input)).rejects.toMatchObject({
      kind: "throttled",
    });
    expect(state.calls).toBe(3);
  });

  test("is not made again once the run was interrupted, also while it waits", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { state, store } = failing("throttled", 100);
    const interruption = new AbortController();
    const call = retryingStore(store, {
      maxAttempts: 100,
      signal: interruption.signal,
      onRetry: () => interruption.abort(),
    });
    await expect(call.headObject(input)).rejects.toMatchObject({ kind: "throttled" });
    expect(state.calls).toBe(1);
  });
});

test("the wait doubles, has no lower bound, and ends at 20 seconds", () => {
  const most = () => 1;
  expect([1, 2, 3].map((attempt) => retryDelayMs(attempt, most))).toEqual([200, 400, 800]);
  expect(retryDelayMs(60, most)).toBe(20_000);
  expect(retryDelayMs(5, () => 0)).toBe(0);
});
