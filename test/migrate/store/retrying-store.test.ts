import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pause, retryBudget } from "../../../migrate/store/pace/token-bucket.js";
import { retryDelayMs, retryingStore } from "../../../migrate/store/retrying-store.js";
import type { StoreErrorKind } from "../../../migrate/store/store-error.js";
import { fakeClock, fakeStore, storeError } from "../fixtures/fake-store.js";

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

describe("retryingStore", () => {
  beforeEach(() => {
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(["throttled", "server-error", "unreachable", "conflict"] as const)(
    "repeats a call that failed as %s",
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

  test("gives up after five attempts on a server error, but not on throttling", async () => {
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
    "expired-credentials",
    "clock-skew",
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
  ] as const)("does not repeat a call that failed as %s", async (kind) => {
    const { state, store } = failing(kind, 1);
    await expect(retryingStore(store, { maxAttempts: 5 }).headObject(input)).rejects.toMatchObject({ kind });
    expect(state.calls).toBe(1);
  });

  test("does not repeat a call after a programming error", async () => {
    const store = fakeStore({ headObject: () => Promise.reject(new TypeError("a bug")) });
    await expect(retryingStore(store, { maxAttempts: 5 }).headObject(input)).rejects.toThrow("a bug");
  });

  test("gives up after maxAttempts, with the last error", async () => {
    const { state, store } = failing("throttled", 100);
    await expect(retryingStore(store, { maxAttempts: 3 }).headObject(input)).rejects.toMatchObject({
      kind: "throttled",
    });
    expect(state.calls).toBe(3);
  });

  test("does not repeat a call after an interruption, even while it waits", async () => {
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

test("retryingStore waits as long as the store asks, up to a minute", async () => {
  for (const [asked, waited] of [
    [3000, 3000],
    [3_600_000, 60_000],
  ] as const) {
    const clock = fakeClock();
    const calledAt: number[] = [];
    const store = fakeStore({
      headObject: async () => {
        calledAt.push(clock.now());
        if (calledAt.length === 1) throw storeError("throttled", { retryAfterMs: asked });
        return { headers: {}, requestId: null };
      },
    });
    const call = retryingStore(store, { maxAttempts: 5, clock }).headObject(input);
    await clock.pass(70_000);
    await call;
    const [first = 0, second = 0] = calledAt;
    expect(second - first).toBeGreaterThanOrEqual(waited);
    expect(second - first).toBeLessThan(waited + 200);
  }
});

describe("retryBudget", () => {
  const WORKERS = 64;

  /** A store of which every call fails until it is mended, and 64 who call it all the time. */
  function outage(patience: { budgeted: boolean }) {
    const clock = fakeClock();
    const state = { mended: false, calls: 0, succeeded: 0 };
    const store = fakeStore({
      headObject: async () => {
        state.calls += 1;
        await pause(10, clock);
        if (!state.mended) throw storeError("throttled");
        state.succeeded += 1;
        return { headers: {}, requestId: null };
      },
    });
    const options = { maxAttempts: 1_000_000, clock, ...(patience.budgeted && { budget: retryBudget(clock) }) };
    const patient = retryingStore(store, options);
    const work = async () => {
      for (;;) await patient.headObject(input);
    };
    for (let n = 0; n < WORKERS; n += 1) void work();
    return { clock, state };
  }

  beforeEach(() => {
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("limits the retries of all calls to its savings plus ten per second", async () => {
    const { clock, state } = outage({ budgeted: true });
    await clock.pass(10_000);
    expect(state.calls).toBeLessThan(WORKERS + 500 + 10 * 10 + 10);
    const before = state.calls;
    await clock.pass(10_000);
    expect(state.calls - before).toBeGreaterThan(95);
    expect(state.calls - before).toBeLessThan(105);
  });

  test("fails no call when it is spent: calls succeed once the store recovers", async () => {
    const { clock, state } = outage({ budgeted: true });
    await clock.pass(20_000);
    state.mended = true;
    await clock.pass(3000);
    const { succeeded } = state;
    await clock.pass(1000);
    expect(state.succeeded - succeeded).toBeGreaterThan(WORKERS * 90);
  });

  test("is needed: without it the same calls are made many more times", { tags: ["slow"] }, async () => {
    const { clock, state } = outage({ budgeted: false });
    await clock.pass(2000);
    expect(state.calls).toBeGreaterThan(5000);
  });

  test("grows by a fifth of the successful calls", async () => {
    const clock = fakeClock();
    const budget = retryBudget(clock);
    for (let n = 0; n < 500; n += 1) await budget.spend();
    let spent = 0;
    for (let n = 0; n < 100; n += 1) void Promise.resolve(budget.spend()).then(() => (spent += 1));
    for (let n = 0; n < 100; n += 1) budget.earn();
    await clock.pass(0);
    expect(spent).toBe(20);
  });
});

test.each(["unreachable", "server-error"] as const)(
  "retryingStore does not repeat a delete marker with a lost response (%s)",
  async (kind) => {
    let calls = 0;
    const store = fakeStore({
      addDeleteMarker: async () => {
        calls += 1;
        throw storeError(kind);
      },
    });
    const patient = retryingStore(store, { maxAttempts: 5 });
    await expect(patient.addDeleteMarker(input)).rejects.toMatchObject({ kind });
    expect(calls).toBe(1);
  },
);

test("retryDelayMs doubles from at most 200 ms to 20 seconds, and may be zero", () => {
  const most = () => 1;
  expect([1, 2, 3].map((attempt) => retryDelayMs(attempt, most))).toEqual([200, 400, 800]);
  expect(retryDelayMs(60, most)).toBe(20_000);
  expect(retryDelayMs(5, () => 0)).toBe(0);
});
