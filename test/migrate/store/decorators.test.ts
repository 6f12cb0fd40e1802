import { describe, expect, test } from "vitest";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { interceptCalls, OPERATIONS, type Operation } from "../../../migrate/store/operations.js";
import { rateLimitedStore } from "../../../migrate/store/rate-limited-store.js";
import { readOnlyStore } from "../../../migrate/store/read-only-store.js";
import { fakeClock } from "../fixtures/fake-clock.js";

const ALL = Object.keys(OPERATIONS) as Operation[];
const READS = ALL.filter((operation) => OPERATIONS[operation].access === "read");
const WRITES = ALL.filter((operation) => OPERATIONS[operation].access === "write");
const INPUT = { bucket: "b" };

/** Answers every call with its name, and keeps what it was called with. */
function recording() {
  const calls: [Operation, unknown][] = [];
  const answer = (operation: Operation) => async (input: unknown) => {
    calls.push([operation, input]);
    return operation;
  };
  const store = Object.fromEntries(ALL.map((operation) => [operation, answer(operation)])) as unknown as ObjectStore;
  return { calls, store };
}

const callOf = (store: ObjectStore, operation: Operation) =>
  (store[operation] as (input: unknown) => Promise<unknown>)(INPUT);

describe("readOnlyStore", () => {
  test.each(READS)("passes on %s", async (operation) => {
    const { store, calls } = recording();
    expect(await callOf(readOnlyStore(store), operation)).toBe(operation);
    expect(calls).toEqual([[operation, INPUT]]);
  });

  test.each(WRITES)("refuses %s without calling it", async (operation) => {
    const { store, calls } = recording();
    await expect(callOf(readOnlyStore(store), operation)).rejects.toMatchObject({
      kind: "read-only",
      facts: { operation },
    });
    expect(calls).toEqual([]);
  });

  test("treats every operation with a writing name as a write", () => {
    const named = ALL.filter((operation) => /^(put|copy|create|upload|complete|abort|delete)/.test(operation));
    expect(named.filter((operation) => !WRITES.includes(operation))).toEqual([]);
    expect(READS.filter((operation) => !/^(get|head|list|open)/.test(operation))).toEqual([]);
  });
});

test("interceptCalls sees every call with unchanged input", async () => {
  const { store, calls } = recording();
  const seen: Operation[] = [];
  const around = interceptCalls(store, (operation, call) => {
    seen.push(operation);
    return call();
  });
  for (const operation of ALL) expect(await callOf(around, operation)).toBe(operation);
  expect(seen).toEqual(ALL);
  expect(calls).toEqual(ALL.map((operation) => [operation, INPUT]));
});

test("rateLimitedStore limits reads and writes separately", async () => {
  const { store, calls } = recording();
  const clock = fakeClock();
  const limited = rateLimitedStore(store, { readsPerSecond: null, writesPerSecond: 1 }, { clock });
  await callOf(limited, "copyObject");
  const second = callOf(limited, "copyObject");
  for (let n = 0; n < 50; n += 1) await callOf(limited, "headObject");
  await clock.pass(999);
  expect(calls.filter(([operation]) => operation === "copyObject")).toHaveLength(1);
  await clock.pass(1);
  await second;
  expect(calls.at(-1)?.[0]).toBe("copyObject");
});
