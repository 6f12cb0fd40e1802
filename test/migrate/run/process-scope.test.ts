import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Named } from "../../../migrate/compare/key-manifest.js";
import { openWalk } from "../../../migrate/compare/named-walk.js";
import type { CheckpointRecord, JournalRecord } from "../../../migrate/journal/record.js";
import { isEnded, NOT_STARTED, RANGE_NOT_STARTED, resumeState } from "../../../migrate/journal/resume.js";
import { externalSort } from "../../../migrate/list/external-sort.js";
import { type Walk, wholeWalk } from "../../../migrate/list/list-objects.js";
import type { Cutting } from "../../../migrate/list/side-by-side.js";
import { compareKeysIn, type KeyOrder } from "../../../migrate/model/key-order.js";
import { orderWithin, scopeOrder } from "../../../migrate/model/scope.js";
import type { RunContext } from "../../../migrate/object/context.js";
import { createSummaryFold } from "../../../migrate/report/summary-fold.js";
import { runRange } from "../../../migrate/run/process-range.js";
import { processScope } from "../../../migrate/run/process-scope.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { auditContext } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

const SCOPE = { bucket: "b", prefix: "" };
const OFTEN: Cutting = { everyMs: 1, worth: 2 };
const PAGE = 4;

interface Bucket {
  readonly keys: Set<string>;
  /** How often each key was asked for. */
  readonly headed: Map<string, number>;
  /** Called before each answer to a listing. */
  onList: () => void;
}

function bucketOf(keys: Iterable<string>): Bucket {
  return { keys: new Set(keys), headed: new Map(), onList: () => undefined };
}

type Sort = (keys: readonly string[]) => string[];
const inOrder = (order: KeyOrder): Sort => {
  const compare = compareKeysIn(order);
  return (keys) => [...keys].sort(compare);
};

/** Lists in pages of four objects, each of which takes a while. */
function storeOf(bucket: Bucket, sort: Sort = inOrder("utf-8")): ObjectStore {
  const entry = (key: string) => ({
    key,
    sizeBytes: 1,
    etag: "e",
    lastModified: "2026-01-01T00:00:00.000Z",
    storageClass: "STANDARD",
  });
  return fakeStore({
    listObjects: async ({ prefix, startAfter, continuationToken, limit = PAGE }) => {
      bucket.onList();
      await wait(1);
      const sorted = sort([...bucket.keys].filter((one) => one.startsWith(prefix)));
      const after = continuationToken ?? startAfter;
      const rest = after === undefined ? sorted : restAfter(sorted, after, sort);
      const page = rest.slice(0, limit);
      return {
        objects: page.map(entry),
        nextToken: rest.length > limit ? (page.at(-1) ?? null) : null,
        keysEncoded: true,
      };
    },
    headObject: async ({ key }) => {
      await wait(0);
      bucket.headed.set(key, (bucket.headed.get(key) ?? 0) + 1);
      return { headers: { "content-length": "1", "x-amz-server-side-encryption": "AES256" }, requestId: null };
    },
  });
}

function restAfter(sorted: readonly string[], after: string, sort: Sort): string[] {
  const place = sort([...new Set([...sorted, after])]);
  return place.slice(place.indexOf(after) + 1);
}

type WalkOf = (store: ObjectStore, signal: AbortSignal | undefined) => Walk;

/** The context of an audit whose journal is this array. */
function contextOf(store: ObjectStore, records: JournalRecord[], changes: Partial<RunContext> = {}): RunContext {
  return auditContext(store, { journal: { append: async (record) => void records.push(record) }, ...changes });
}

async function stateOf(records: readonly JournalRecord[]) {
  const read = async function* () {
    yield* records;
  };
  return (await resumeState(read, [SCOPE])).get(SCOPE) ?? NOT_STARTED;
}

/** Goes on with the scope from the records so far, and adds to them. */
async function run(
  store: ObjectStore,
  records: JournalRecord[],
  signal?: AbortSignal,
  walkOf: WalkOf = () => wholeWalk(store, { signal }),
): Promise<readonly string[]> {
  const unordered: string[] = [];
  const context = contextOf(store, records, { walk: walkOf(store, signal), signal });
  await processScope(SCOPE, await stateOf(records), context, {
    pool: { start: (...range) => runRange(range[0], context, range[1]), isBusy: () => false },
    readAgain: () => stateOf(records),
    onUnordered: async ({ bucket }) => void unordered.push(bucket),
    cutting: OFTEN,
  }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
  return unordered;
}

/** A walk through these keys alone, as a manifest names them. */
async function walkOfNamed(keys: readonly string[]): Promise<WalkOf> {
  const order = scopeOrder([SCOPE]);
  const rows = async function* () {
    for (const one of keys) yield { bucket: SCOPE.bucket, key: one, row: null };
  };
  // Most of them lie in files.
  const sorting = { orderOf: (one: { key: string }) => order(SCOPE.bucket, one.key) ?? "", maxHeldCharacters: 1000 };
  const objects = await externalSort(rows(), sorting);
  const named = { record: {} as Named["record"], objects, orderOf: orderWithin([SCOPE]) };
  return (store, signal) => openWalk(store, named, { signal });
}

function outcomesOf(records: readonly JournalRecord[]): readonly string[] {
  return records.flatMap((record) => (record.kind === "outcome" ? record.key : []));
}

function rangesOf(records: readonly JournalRecord[]): ReadonlySet<string | undefined> {
  const checkpoints = records.filter((record): record is CheckpointRecord => record.kind === "checkpoint");
  return new Set(checkpoints.map(({ after }) => after));
}

function totalOf(records: readonly JournalRecord[]) {
  const fold = createSummaryFold([SCOPE]);
  for (const record of records) fold.add(record);
  return fold.result().total;
}

const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 10 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }),
  fc.string({ unit: fc.constantFrom("a", "b", "/", "0", "é", "\uffee", "🦊", "~"), minLength: 1, maxLength: 10 }),
  fc.nat({ max: 9999 }).map((n) => `logs/2026/11/29/host-a/${String(n).padStart(5, "0")}`),
);
const manyKeys = fc.uniqueArray(key, { minLength: 30, maxLength: 150 });

describe("processScope", () => {
  test.each<KeyOrder>(["utf-8", "utf-16"])(
    "processes each key once, listed in %s order",
    { tags: ["slow"] },
    async (order) => {
      let cuts = 0;
      await fc.assert(
        fc.asyncProperty(manyKeys, async (keys) => {
          const records: JournalRecord[] = [];
          expect(await run(storeOf(bucketOf(keys), inOrder(order)), records)).toEqual([]);
          expect(outcomesOf(records).toSorted()).toEqual(keys.toSorted());
          expect(totalOf(records)).toMatchObject({ listed: keys.length, closes: true });
          cuts += rangesOf(records).size - 1;
        }),
        { numRuns: 25 },
      );
      expect(cuts).toBeGreaterThan(25);
    },
  );

  test("misses no key that was there all the time, and takes none twice, whatever is written meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, fc.array(key), fc.infiniteStream(fc.nat()), async (keys, others, choices) => {
        const bucket = bucketOf(keys);
        const others_ = others.filter((other) => !bucket.keys.has(other));
        const deleted = new Set<string>();
        bucket.onList = () => {
          const choice = choices.next().value ?? 0;
          const added = others_[choice % Math.max(1, others_.length)];
          if (added !== undefined) bucket.keys.add(added);
          const gone = keys[choice % keys.length] ?? "";
          if (choice % 5 === 0 && bucket.keys.delete(gone)) deleted.add(gone);
        };
        const records: JournalRecord[] = [];
        await run(storeOf(bucket), records);
        const seen = outcomesOf(records);
        expect(new Set(seen).size).toBe(seen.length);
        expect(keys.filter((one) => !deleted.has(one) && !seen.includes(one))).toEqual([]);
        expect(totalOf(records)).toMatchObject({ listed: seen.length, closes: true });
      }),
      { numRuns: 25 },
    );
  });

  test("goes on where it was interrupted, as often as it is, with each key once", { tags: ["slow"] }, async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), async (keys, stops) => {
        const bucket = bucketOf(keys);
        const records: JournalRecord[] = [];
        for (const stop of stops) {
          const interruption = new AbortController();
          let pages = 0;
          bucket.onList = () => {
            pages += 1;
            if (pages === stop) interruption.abort();
          };
          await run(storeOf(bucket), records, interruption.signal);
        }
        bucket.onList = () => undefined;
        await run(storeOf(bucket), records);
        expect(outcomesOf(records).toSorted()).toEqual(keys.toSorted());
        expect(totalOf(records)).toMatchObject({ listed: keys.length, closes: true });
        expect(isEnded(await stateOf(records))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("goes on from any line of the journal after a kill, with each key once", { tags: ["slow"] }, async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, fc.nat(), async (keys, at) => {
        const whole: JournalRecord[] = [];
        await run(storeOf(bucketOf(keys)), whole);
        const records = whole.slice(0, at % whole.length);
        await run(storeOf(bucketOf(keys)), records);
        expect(outcomesOf(records).toSorted()).toEqual(keys.toSorted());
        expect(totalOf(records)).toMatchObject({ listed: keys.length, closes: true });
      }),
      { numRuns: 25 },
    );
  });

  test("reads a manifest as ranges, and goes on where it was interrupted, with each named key once", {
    tags: ["slow"],
  }, async () => {
    let cuts = 0;
    const stops = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(manyKeys, manyKeys, stops, async (keys, others, at) => {
        const named = keys.filter((_, index) => index % 3 > 0);
        const walk = await walkOfNamed(named);
        const bucket = bucketOf([...keys.filter((_, index) => index % 7 > 0), ...others]);
        const records: JournalRecord[] = [];
        for (const stop of [...at, Number.POSITIVE_INFINITY]) {
          const interruption = new AbortController();
          let pages = 0;
          bucket.onList = () => {
            pages += 1;
            if (pages === stop) interruption.abort();
          };
          await run(storeOf(bucket, inOrder("utf-16")), records, interruption.signal, walk);
        }
        expect(outcomesOf(records).toSorted()).toEqual(named.toSorted());
        expect(totalOf(records)).toMatchObject({ listed: named.length, closes: true });
        cuts += rangesOf(records).size - 1;
      }),
      { numRuns: 15 },
    );
    expect(cuts).toBeGreaterThan(5);
  });

  test("reads a listing without order as one range from the beginning, and says so", async () => {
    const keys = Array.from({ length: 200 }, (_, n) => String(n).padStart(4, "0"));
    const name = (one: string) => (one === "0180" ? "0181" : one === "0181" ? "0180" : one);
    const sort: Sort = (given) => given.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
    const records: JournalRecord[] = [];
    expect(await run(storeOf(bucketOf(keys), sort), records)).toEqual(["b"]);
    expect(outcomesOf(records).toSorted()).toEqual(keys);
    expect(totalOf(records)).toMatchObject({ listed: 200, closes: true });
    expect(records.some((record) => record.kind === "checkpoint" && record.afresh)).toBe(true);
  });

  test("does not close if a range has no end", async () => {
    const records: JournalRecord[] = [];
    await run(storeOf(bucketOf(Array.from({ length: 200 }, (_, n) => String(n).padStart(4, "0")))), records);
    const last = records.findLastIndex((record) => record.kind === "checkpoint" && record.end);
    expect(rangesOf(records).size).toBeGreaterThan(1);
    expect(totalOf(records.toSpliced(last, 1))).toMatchObject({ closes: false });
  });
});

describe("runRange", () => {
  test("gives no keys away once its listing has ended: it counts a deleted key that an earlier session settled", async () => {
    let answer: () => void = () => undefined;
    const isToAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const bucket = bucketOf(["a"]);
    const store = storeOf(bucket);
    const records: JournalRecord[] = [];
    let hasEnded = false;
    const context = contextOf(
      fakeStore({ ...store, headObject: (input) => isToAnswer.then(() => store.headObject(input)) }),
      records,
    );
    const objects: typeof context.walk.objects = async function* (...given) {
      yield* context.walk.objects(...given);
      hasEnded = true;
    };
    const progress = { ...RANGE_NOT_STARTED, doneKeys: new Set(["m"]) };
    const running = runRange(
      { scope: SCOPE, progress, unplaced: new Set(), unplacedHere: 0 },
      { ...context, walk: { ...context.walk, objects } },
      { onOutcome: () => undefined, stop: new AbortController().signal },
    );
    await expect.poll(() => hasEnded).toBe(true);
    await turn();
    expect(running.narrow("f")).toBe(false);
    answer();
    await running.done;
    expect(records.at(-1)).toMatchObject({ kind: "checkpoint", listed: 2, end: true });
    expect(records.at(-1)).not.toHaveProperty("through");
  });
});
