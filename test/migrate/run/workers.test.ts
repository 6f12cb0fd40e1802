import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { RunError } from "../../../migrate/errors.js";
import { type Channel, type Message, openChannel, type Port } from "../../../migrate/run/workers/channel.js";
import { remoteTurns } from "../../../migrate/run/workers/remote-turns.js";
import type { OwnerCalls } from "../../../migrate/run/workers/worker-calls.js";
import { turnsWithin } from "../../../migrate/store/rate-limited-store.js";
import { fakeClock, storeError } from "../fixtures/fake-store.js";

/** Two ports, each of which receives what the other sends, as JSON. */
function portPair(): readonly [Port, Port] {
  const listeners: ((batch: readonly Message[]) => void)[] = [];
  const port = (mine: number, other: number): Port => ({
    send: (batch) => listeners[other]?.(JSON.parse(JSON.stringify(batch)) as Message[]),
    receive: (listener) => {
      listeners[mine] = listener;
    },
  });
  return [port(0, 1), port(1, 0)];
}

interface Calculator {
  add(given: readonly [number, number]): Promise<number>;
  fail(given: string): Promise<never>;
  note(given: string): void;
}

function calculator() {
  const [here, there] = portPair();
  const noted: string[] = [];
  openChannel<object>(there, {
    add: async ([a, b]: readonly [number, number]) => a + b,
    fail: (what: string) => {
      if (what === "store") throw storeError("throttled", { status: 503 });
      if (what === "run") throw new RunError("over", { because: "canary", ofLocation: "no-copies" });
      throw new TypeError(what);
    },
    note: (text: string) => void noted.push(text),
  });
  return { noted, channel: openChannel<Calculator>(here, {}) };
}

describe("openChannel", () => {
  test("answers each call with its own value, and tells in order", async () => {
    const { channel, noted } = calculator();
    channel.tell("note", "one");
    const sums = await Promise.all([channel.call("add", [1, 2]), channel.call("add", [3, 4])]);
    channel.tell("note", "two");
    await turn();
    expect(sums).toEqual([3, 7]);
    expect(noted).toEqual(["one", "two"]);
  });

  test("carries refusals of the store and ends of a run as what they are", async () => {
    const { channel } = calculator();
    await expect(channel.call("fail", "store")).rejects.toMatchObject({ kind: "throttled", facts: { status: 503 } });
    await expect(channel.call("fail", "run")).rejects.toMatchObject({
      name: "RunError",
      message: "over",
      because: "canary",
      ofLocation: "no-copies",
    });
    await expect(channel.call("fail", "a bug")).rejects.toMatchObject({ name: "TypeError", message: "a bug" });
  });

  test("rejects every call once the other side is gone", async () => {
    const { channel } = calculator();
    const pending = channel.call("add", [1, 2]);
    channel.close(new Error("gone"));
    await expect(pending).rejects.toThrow("gone");
    await expect(channel.call("add", [1, 2])).rejects.toThrow("gone");
  });
});

/** An owner with this ceiling of writes, and workers that take its turns. */
function ownerWith(writesPerSecond: number | null, workers: number) {
  const clock = fakeClock();
  const { read, write } = turnsWithin({ readsPerSecond: null, writesPerSecond }, { clock });
  const owner = {
    call: (_: string, { count }: { count: number }) => write.passMany(count),
    tell: (_: string, given: { answered: number; refused: number }) => {
      for (let nth = 0; nth < given.refused; nth += 1) write.settled(clock.now(), "refused");
    },
  } as unknown as Channel<OwnerCalls>;
  const limited = { read: read.isLimited, write: write.isLimited };
  return { clock, write, turns: Array.from({ length: workers }, () => remoteTurns(owner, limited)) };
}

describe("remoteTurns", () => {
  test("keep all workers together below the ceiling, in any ten seconds", async () => {
    const { clock, turns } = ownerWith(300, 4);
    const sentAt: number[] = [];
    let isOver = false;
    const send = async ({ write }: (typeof turns)[number]) => {
      while (!isOver) {
        await write.pass();
        sentAt.push(clock.now());
      }
    };
    for (const worker of turns) for (let nth = 0; nth < 32; nth += 1) void send(worker);
    await clock.pass(30_000);
    isOver = true;
    for (const worker of turns) worker.close();
    // The first second may have a burst of one second's requests.
    for (let from = 1000; from <= 20_000; from += 500) {
      const sent = sentAt.filter((at) => at >= from && at < from + 10_000).length;
      expect(sent).toBeGreaterThanOrEqual(2850);
      expect(sent).toBeLessThanOrEqual(3050);
    }
  });

  test("take no turns without a limit", async () => {
    const { turns } = ownerWith(null, 1);
    for (const worker of turns) {
      await Promise.all(Array.from({ length: 10_000 }, () => worker.write.pass()));
      worker.close();
    }
  });
});
