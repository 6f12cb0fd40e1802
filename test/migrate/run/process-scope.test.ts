import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CheckpointRecord, JournalRecord } from "../../../migrate/journal/record.js";
import { isEnded, NOT_STARTED, RANGE_NOT_STARTED, resumeState } from "../../../migrate/journal/resume.js";
import type { RunFile } from "../../../migrate/journal/run-folder.js";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { wholeWalk } from "../../../migrate/list/list-objects.js";
import type { Cutting } from "../../../migrate/list/side-by-side.js";
import type { KeyOrder } from "../../../migrate/model/key-order.js";
import type { RunContext } from "../../../migrate/object/context.js";
import { createSummaryFold } from "../../../migrate/report/summary-fold.js";
import { runRange } from "../../../migrate/run/process-range.js";
import { lookAgain, processScope } from "../../../migrate/run/process-scope.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { auditContext } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";
import {
  bucketOf,
  inOrder,
  key,
  manyKeys,
  SCOPE,
  type Sort,
  storeOf,
  type WalkOf,
  walkOfNamed,
} from "../fixtures/listed-bucket.js";

const OFTEN: Cutting = { everyMs: 1, worth: 2 };
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

  test("lists and processes each key once if the listing has no order at all", async () => {
    await fc.assert(
      fc.asyncProperty(manyKeys, fc.nat(), async (keys, seed) => {
        const placeOf = (key: string) => (key.length * 31 + key.charCodeAt(0) + seed) % 17;
        const records: JournalRecord[] = [];
        const sort: Sort = (given) => given.toSorted((a, b) => placeOf(a) - placeOf(b));
        await run(storeOf(bucketOf(keys), sort), records);
        expect(outcomesOf(records).toSorted()).toEqual(keys.toSorted());
        expect(totalOf(records)).toMatchObject({ listed: keys.length, closes: true });
      }),
      { numRuns: 60 },
    );
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
      { kind: "objects", scope: SCOPE, progress, unplaced: new Set(), unplacedHere: 0 },
      { ...context, walk: { ...context.walk, objects } },
      { onResult: () => undefined, stop: new AbortController().signal },
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

test("lookAgain reads the defaults of all buckets at once, then lists objects beside uploads", async () => {
  const names = ["b", "c", "d"];
  const begun: string[] = [];
  const meeting = (name: string, others: number) => {
    begun.push(name);
    // Each answer waits for the last request of its kind.
    return expect.poll(() => begun.length, { timeout: 5000 }).toBeGreaterThanOrEqual(others);
  };
  const store = fakeStore({
    getBucketEncryption: async ({ bucket }) => {
      await meeting(`default of ${bucket}`, 3);
      return Promise.reject(storeError("not-found"));
    },
    listMultipartUploads: async ({ bucket }) => {
      await meeting(`uploads of ${bucket}`, 7);
      return { open: 0, earlier: 0, firstEarlier: [] };
    },
    listObjects: async ({ bucket }) => {
      await meeting(`objects of ${bucket}`, 7);
      return { objects: [], nextToken: null, keysEncoded: true };
    },
  });
  const bucketsOf = names.map((bucket) => ({ bucket, warnings: [], defaultEncryption: { before: "none" } }));
  let buckets = bucketsOf as unknown as readonly BucketFindings[];
  const runFile = {
    current: () => ({ buckets, sessions: [] }),
    setBuckets: async (found: readonly BucketFindings[]) => {
      buckets = found;
    },
  } as unknown as RunFile;
  const records: JournalRecord[] = [];
  const context = contextOf(store, records);
  const looking = { ...context, walk: wholeWalk(store), runFile, storeTime: () => new Date() };
  const noRecords = (async function* (): AsyncGenerator<JournalRecord> {})();
  await lookAgain([{ bucket: "b", prefix: "" }], noRecords, looking);
  expect(buckets.map(({ bucket, atEnd }) => [bucket, atEnd?.defaultEncryption])).toEqual(
    names.map((bucket) => [bucket, "none"]),
  );
  expect(records).toMatchObject([{ kind: "arrivals", bucket: "b", listed: 0 }]);
});
