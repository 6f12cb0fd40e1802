import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { RunError } from "../../../migrate/errors.js";
import type { Outcome } from "../../../migrate/journal/record.js";
import { createBreaker, createRoom, createTransferLimits, forEachBounded } from "../../../migrate/object/room.js";
import { outcomeRecord } from "../fixtures/records.js";

/** Numbers from 0, and how many were pulled. */
function source(count: number) {
  const state = { pulled: 0, closed: false };
  async function* numbers() {
    try {
      for (let n = 0; n < count; n += 1) {
        state.pulled += 1;
        yield n;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: numbers() };
}

describe("forEachBounded", () => {
  test.each([1, 3, 16])("runs up to %d at once, and does all the work", async (bound) => {
    const { numbers } = source(100);
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await forEachBounded(numbers, bound, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      seen.push(n);
    });
    expect(most).toBe(bound);
    expect(seen.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  test("pulls an item only when there is room", async () => {
    const { state, numbers } = source(1000);
    let done = 0;
    await forEachBounded(numbers, 4, async () => {
      expect(state.pulled - done).toBeLessThanOrEqual(4);
      await turn();
      done += 1;
    });
    expect(done).toBe(1000);
  });

  test("stops pulling after a failure, waits for work in flight, and rejects with the first failure", async () => {
    const { state, numbers } = source(1000);
    const finished: number[] = [];
    const work = async (n: number) => {
      if (n === 5) throw new Error("the fifth");
      await turn();
      await turn();
      finished.push(n);
    };
    await expect(forEachBounded(numbers, 4, work)).rejects.toThrow("the fifth");
    expect(finished).toHaveLength(state.pulled - 2);
    expect(state.pulled).toBeLessThan(20);
    expect(state.closed).toBe(true);
  });

  test("stops pulling when interrupted, and resolves after the work in flight", async () => {
    const { state, numbers } = source(1000);
    const interruption = new AbortController();
    const finished: number[] = [];
    await forEachBounded(
      numbers,
      4,
      async (n) => {
        if (n === 10) interruption.abort();
        await turn();
        finished.push(n);
      },
      interruption.signal,
    );
    expect(finished.length).toBeGreaterThanOrEqual(11);
    expect(finished.length).toBeLessThan(20);
    expect(state.closed).toBe(true);
  });

  test("waits for work in flight if the source fails", async () => {
    const finished: number[] = [];
    async function* failing() {
      yield 1;
      yield 2;
      throw new Error("the source");
    }
    const work = async (n: number) => {
      await turn();
      finished.push(n);
    };
    await expect(forEachBounded(failing(), 8, work)).rejects.toThrow("the source");
    expect(finished).toEqual([1, 2]);
  });

  test("shares a room with other sources", async () => {
    const room = createRoom(4);
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
    };
    const sources = [source(100), source(3), source(50)];
    await Promise.all(sources.map(({ numbers }) => forEachBounded(numbers, room, work)));
    expect(most).toBe(4);
    expect(sources.map(({ state }) => state.pulled)).toEqual([100, 3, 50]);
    expect(room.inFlight).toBe(0);
  });
});

const FAILED: Outcome = { kind: "failed", reason: "not-encrypted-after-copy", detail: "HEAD shows none" };
const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcomeRecord({ outcome }));

describe("createBreaker", () => {
  test("ends the run after 20 failed objects at the start, with the error of the last one", () => {
    const breaker = createBreaker();
    for (const record of times(19, FAILED)) breaker(record);
    expect(() => breaker(outcomeRecord({ outcome: FAILED }))).toThrow(RunError);
    expect(() => breaker(outcomeRecord({ outcome: FAILED }))).toThrow(/HEAD shows none/);
  });

  test.each<Outcome>([
    { kind: "migrated", strategy: "copy", guard: "source" },
    { kind: "already-encrypted", reason: "sse-s3" },
    { kind: "vanished" },
  ])("no longer ends the run after one object that did not fail: %j", (outcome) => {
    const breaker = createBreaker();
    for (const record of times(19, FAILED)) breaker(record);
    breaker(outcomeRecord({ outcome }));
    expect(() => times(100, FAILED).forEach(breaker)).not.toThrow();
  });
});

describe("createRoom", () => {
  test("starts what waits once there is more room", async () => {
    const room = createRoom(4, 1);
    const started: number[] = [];
    const running = [0, 1, 2].map((n) =>
      room.take(async (item) => {
        started.push(item);
        await turn();
      }, n),
    );
    await Promise.resolve();
    expect(started).toEqual([0]);
    room.most = 3;
    await turn();
    expect(started).toEqual([0, 1, 2]);
    await Promise.all(running);
  });

  test("has never more room than its limit, and at least room for one", () => {
    const room = createRoom(8, 20);
    expect(room.most).toBe(8);
    room.most = 100;
    expect(room.most).toBe(8);
    room.limit = 5;
    expect(room.most).toBe(5);
    room.most = 0;
    expect(room.most).toBe(1);
  });
});

describe("createTransferLimits", () => {
  const MIB = 1024 * 1024;

  test.each([
    ["of 64 KiB", 64 * 1024, 1024],
    ["of 1 MiB", MIB, 64],
    ["of 8 MiB", 8 * MIB, 8],
    ["that are streamed", 8 * MIB + 1, 3],
  ])(
    "lets so many bodies %s through at once that 64 MiB are held, or as many as are allowed",
    async (_, size, most) => {
      const { bodyLimit } = createTransferLimits(3);
      let running = 0;
      let seen = 0;
      const body = async () => {
        running += 1;
        seen = Math.max(seen, running);
        await turn();
        running -= 1;
      };
      await Promise.all(Array.from({ length: 1100 }, () => bodyLimit(size, body)));
      expect(seen).toBe(most);
    },
  );
});
