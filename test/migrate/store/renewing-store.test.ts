import { describe, expect, test } from "vitest";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { renewingStore } from "../../../migrate/store/retrying-store.js";
import type { StoreError } from "../../../migrate/store/store-error.js";
import { fakeClock, fakeStore, storeError } from "../fixtures/fake-store.js";

const OBJECT = { bucket: "b", key: "k" };
const EXPIRED = storeError("expired-credentials", { code: "ExpiredToken", status: 400 });
const SKEWED = storeError("clock-skew", { code: "RequestTimeTooSkewed", status: 403 });
const UNKNOWN_KEY = storeError("invalid-credentials", { code: "InvalidAccessKeyId", status: 403 });

/** A store that refuses with `state.error` while there is one, and a renewal that does what the test says. */
function connection(onRenewal: (state: { error: StoreError | null }, nth: number) => void = () => undefined) {
  const clock = fakeClock();
  const state = { error: null as StoreError | null, calls: 0, renewals: 0, retries: 0, lost: [] as StoreError[] };
  const headObject: ObjectStore["headObject"] = async () => {
    state.calls += 1;
    if (state.error !== null) throw state.error;
    return { headers: {}, requestId: null };
  };
  const interruption = new AbortController();
  const store = renewingStore(fakeStore({ headObject }), {
    clock,
    signal: interruption.signal,
    renew: async () => {
      state.renewals += 1;
      onRenewal(state, state.renewals);
    },
    onRetry: () => {
      state.retries += 1;
    },
    onLost: (error) => void state.lost.push(error),
  });
  return { clock, state, store, interruption };
}

describe("renewingStore, if the credentials of a call have expired,", () => {
  test("repeats the call at once with newly resolved credentials", async () => {
    const { store, state, clock } = connection((current) => {
      current.error = null;
    });
    await store.headObject(OBJECT);
    state.error = EXPIRED;
    const call = store.headObject(OBJECT);
    await clock.pass(0);
    await call;
    expect(state).toMatchObject({ calls: 3, renewals: 1, retries: 1, lost: [] });
  });

  test("waits for renewed credentials for more than a minute", async () => {
    const { store, state, clock } = connection();
    await store.headObject(OBJECT);
    state.error = EXPIRED;
    const call = store.headObject(OBJECT);
    await clock.pass(60_000);
    expect(state.lost).toEqual([]);
    expect(state.renewals).toBeGreaterThan(4);
    state.error = null;
    await clock.pass(30_000);
    await call;
    expect(state.lost).toEqual([]);
  });

  test("gives up if they stay expired, and reports the loss once", async () => {
    const { store, state, clock } = connection();
    await store.headObject(OBJECT);
    state.error = EXPIRED;
    const refusal = expect(store.headObject(OBJECT)).rejects.toBe(EXPIRED);
    await clock.pass(600_000);
    await refusal;
    expect(state).toMatchObject({ calls: 1 + 9, renewals: 8, lost: [EXPIRED] });
  });

  test("repeats the call only once if no call was ever accepted", async () => {
    const { store, state, clock } = connection();
    state.error = EXPIRED;
    const refusal = expect(store.headObject(OBJECT)).rejects.toBe(EXPIRED);
    await clock.pass(0);
    await refusal;
    expect(state).toMatchObject({ calls: 2, renewals: 1, lost: [EXPIRED] });
  });

  test("does not repeat the call after an interruption, and reports no loss of credentials", async () => {
    const { store, state, clock, interruption } = connection();
    await store.headObject(OBJECT);
    state.error = EXPIRED;
    const refusal = expect(store.headObject(OBJECT)).rejects.toBe(EXPIRED);
    await clock.pass(1000);
    const { calls } = state;
    interruption.abort();
    await clock.pass(100_000);
    await refusal;
    expect(state).toMatchObject({ calls, lost: [] });
  });
});

test("renewingStore repeats a call refused for clock skew twice, without resolving credentials", async () => {
  const { store, state, clock } = connection();
  await store.headObject(OBJECT);
  state.error = SKEWED;
  const refusal = expect(store.headObject(OBJECT)).rejects.toBe(SKEWED);
  await clock.pass(10_000);
  await refusal;
  expect(state).toMatchObject({ calls: 1 + 3, renewals: 0, lost: [SKEWED] });
});

test.each([UNKNOWN_KEY, storeError("no-credentials")])(
  "renewingStore bridges replaced credentials that are unknown for a while, but not at the start: %s",
  async (error) => {
    const replaced = connection((state, nth) => {
      state.error = nth === 3 ? null : error;
    });
    await replaced.store.headObject(OBJECT);
    replaced.state.error = error;
    const call = replaced.store.headObject(OBJECT);
    await replaced.clock.pass(60_000);
    await call;
    const never = connection();
    never.state.error = error;
    await expect(never.store.headObject(OBJECT)).rejects.toBe(error);
    expect(never.state).toMatchObject({ calls: 1, renewals: 0, lost: [] });
  },
);

test.each(["access-denied", "invalid-credentials", "throttled", "bad-request"] as const)(
  "renewingStore ignores a refusal that does not concern all credentials: %s",
  async (kind) => {
    const { store, state } = connection();
    await store.headObject(OBJECT);
    state.error = storeError(kind);
    await expect(store.headObject(OBJECT)).rejects.toBe(state.error);
    expect(state).toMatchObject({ calls: 2, renewals: 0, lost: [] });
  },
);
