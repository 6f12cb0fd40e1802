import { describe, expect, test } from "vitest";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { interceptCalls, OPERATIONS, type Operation } from "../../../migrate/store/operations.js";
import { rateLimitedStore } from "../../../migrate/store/rate-limited-store.js";
import { abandoningStore, explainingStore, readOnlyStore } from "../../../migrate/store/refusing-store.js";
import type { StoreError } from "../../../migrate/store/store-error.js";
import { fakeClock, fakeStore, storeError } from "../fixtures/fake-store.js";

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

test("interceptCalls leaves out the operations that do not concern it", async () => {
  const { store, calls } = recording();
  const seen: Operation[] = [];
  const around = interceptCalls(
    store,
    (operation, call) => {
      seen.push(operation);
      return call();
    },
    (operation) => operation === "copyObject",
  );
  for (const operation of ALL) expect(await callOf(around, operation)).toBe(operation);
  expect(seen).toEqual(["copyObject"]);
  expect(calls).toHaveLength(ALL.length);
});

describe("abandoningStore", () => {
  const interruptible = (graceMs: number) => {
    const stop = new AbortController();
    const calls: string[] = [];
    const hung = (operation: Operation) => () => {
      calls.push(operation);
      return new Promise<never>(() => undefined);
    };
    const copyObject = async () => ({ etag: "e", versionId: null, requestId: null });
    const hanging = { headObject: hung("headObject"), abortMultipartUpload: hung("abortMultipartUpload"), copyObject };
    return { ...abandoningStore(fakeStore(hanging), stop.signal, graceMs), stop: () => stop.abort(), calls };
  };
  const UPLOAD = { ...OBJECT, uploadId: "u" };
  const outcomeOf = (call: Promise<unknown>) =>
    call.then(
      () => "done",
      (error: StoreError) => error.kind,
    );

  test("passes on answers and errors, before and during the grace period", async () => {
    const { store, stop, close } = interruptible(60_000);
    const copy = { ...OBJECT, headers: {} };
    expect(await outcomeOf(store.copyObject(copy))).toBe("done");
    stop();
    expect(await outcomeOf(store.copyObject(copy))).toBe("done");
    await expect(store.getObjectTagging(OBJECT)).rejects.toThrow("getObjectTagging was not expected");
    close();
  });

  test("gives up on calls in flight after the grace period, later on those that clean up, and makes no more", async () => {
    const { store, stop, calls } = interruptible(20);
    const ended: string[] = [];
    const flying = [
      outcomeOf(store.abortMultipartUpload(UPLOAD)).then((kind) => ended.push(`abort ${kind}`)),
      outcomeOf(store.headObject(OBJECT)).then((kind) => ended.push(`head ${kind}`)),
    ];
    stop();
    await Promise.all(flying);
    expect(ended).toEqual(["head interrupted", "abort interrupted"]);
    expect(await outcomeOf(store.headObject(OBJECT))).toBe("interrupted");
    expect(await outcomeOf(store.abortMultipartUpload(UPLOAD))).toBe("interrupted");
    expect(calls).toEqual(["abortMultipartUpload", "headObject"]);
  });

  test("gives up on nothing if it is closed during the grace period", async () => {
    const { store, stop, close } = interruptible(10);
    const call = outcomeOf(store.headObject(OBJECT));
    stop();
    close();
    const later = new Promise((resolve) => setTimeout(resolve, 60, "in flight"));
    expect(await Promise.race([call, later])).toBe("in flight");
  });
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
