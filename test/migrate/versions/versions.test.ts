import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VersionCheckpoint, VersionRecord } from "../../../migrate/journal/observation.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { wholeWalk } from "../../../migrate/list/list-objects.js";
import { compareKeysIn, type KeyOrder } from "../../../migrate/model/key-order.js";
import { WHOLE_RANGE } from "../../../migrate/model/key-range.js";
import type { RunContext } from "../../../migrate/object/context.js";
import { createRoom, type RangePool, type RangeRecords } from "../../../migrate/object/room.js";
import { createSummaryFold } from "../../../migrate/report/summary-fold.js";
import { poolHere } from "../../../migrate/run/process-range.js";
import { fromSent, toSent } from "../../../migrate/run/workers/channel.js";
import { RemoteRange } from "../../../migrate/run/workers/remote-range.js";
import { workOf } from "../../../migrate/run/workers/worker.js";
import type { ListVersionsInput, VersionEntry } from "../../../migrate/store/object-store.js";
import { MAX_CHAIN, type PlannedEntry, planChain } from "../../../migrate/versions/chain.js";
import { lookAtVersions, runVersions } from "../../../migrate/versions/look-at-versions.js";
import { openRemovals, type RemovalTurn, type RemovalTurns } from "../../../migrate/versions/removal-guard.js";
import type { VersionWork } from "../../../migrate/versions/resume-versions.js";
import { type VersionRange, VersionWatermark } from "../../../migrate/versions/version-watermark.js";
import { auditContext } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";
import { versionCheckpoint } from "../fixtures/records.js";

/** An entry with what it holds: plaintext, encrypted, plaintext that is locked, or nothing. */
const entry = fc.constantFrom("plain", "sealed", "locked", "deleted");
const histories = fc.array(entry, { maxLength: 12 });

function planned(kinds: readonly string[]): PlannedEntry[] {
  return kinds.map((kind, index) => {
    const versionId = String(index);
    if (kind === "deleted") return { kind: "delete-marker", versionId };
    const obstacle = kind === "locked" ? "cannot comply before 2030-01-01" : null;
    return { kind: "version", versionId, isPlaintext: kind !== "sealed", obstacle };
  });
}

/** The result after the plan was carried out, the newest first: the contents by their old ids, plaintext by name. */
function carriedOut(kinds: readonly string[], range: readonly PlannedEntry[]): { ids: string[]; plain: string[] } {
  const inRange = new Set(range.map(({ versionId }) => versionId));
  const made = range.map(({ versionId }) => versionId).toReversed();
  const left = kinds.map((_, index) => String(index)).filter((id) => !inRange.has(id));
  return { ids: [...made, ...left], plain: left.filter((id) => kinds[Number(id)] === "plain") };
}

describe("planChain", () => {
  test("keeps order, contents, delete markers and count, and leaves no removable plaintext", () => {
    fc.assert(
      fc.property(histories, (kinds) => {
        const plan = planChain(planned(kinds));
        const isPlain = kinds.some((kind) => kind === "plain" || kind === "locked");
        if (plan.kind === "nothing") {
          expect(kinds.length === 0 || kinds[0] === "deleted" || !isPlain).toBe(true);
        } else if (plan.kind === "refuse") {
          expect(kinds).toContain("locked");
          expect(plan.because).toContain("cannot comply before 2030-01-01");
        } else {
          const end = carriedOut(kinds, plan.range);
          expect(end.ids).toEqual(kinds.map((_, index) => String(index)));
          expect(end.plain).toEqual([]);
          expect(plan.range.at(-1)?.versionId).toBe("0");
          expect(plan.range[0]).toMatchObject({ isPlaintext: true });
          expect(
            [...plan.range]
              .toReversed()
              .map(({ versionId }) => versionId)
              .concat(plan.older),
          ).toEqual(end.ids);
        }
      }),
    );
  });

  test("plans nothing for a key with a delete marker on top", () => {
    fc.assert(
      fc.property(histories, (kinds) => {
        expect(planChain(planned(["deleted", ...kinds]))).toEqual({ kind: "nothing" });
      }),
    );
  });

  test("keeps versions older than the oldest plaintext", () => {
    const plan = planChain(planned(["sealed", "plain", "sealed", "deleted"]));
    expect(plan).toMatchObject({ kind: "replay", older: ["2", "3"] });
  });

  test("refuses a history that is too long", () => {
    const kinds = Array.from({ length: MAX_CHAIN + 1 }, () => "plain");
    expect(planChain(planned(kinds))).toMatchObject({ kind: "refuse", because: expect.stringContaining("1000") });
    expect(planChain(planned(kinds.slice(1))).kind).toBe("replay");
  });
});

const SCOPE = { bucket: "b", prefix: "" };
const AT = new Date(0);

function watermark(progress: Partial<VersionRange> = {}) {
  const start = { range: WHOLE_RANGE, checkpoint: null, done: new Map(), hasUnplaced: false };
  const marks = new VersionWatermark(SCOPE, { ...start, ...progress });
  const list = (key: string, versionId: string, inScope = true) => {
    marks.meet(key, true);
    return marks.list(key, versionId, inScope);
  };
  return { marks, list, at: (end = false) => marks.checkpoint(AT, end) };
}

describe("openRemovals", () => {
  /** Takes a turn, and shows it once there is one. */
  function taken(turns: RemovalTurns, bucket = "b", isBare = false): { turn?: RemovalTurn } {
    const shown: { turn?: RemovalTurn } = {};
    void turns.take(bucket, isBare).then((turn) => Object.assign(shown, { turn }));
    return shown;
  }

  test("lets one removal of a bucket prove at a time, of all takers, until one has", async () => {
    const removals = openRemovals();
    const [one, two] = [removals.open(), removals.open()];
    const shown = [taken(one), taken(two), taken(one), taken(two)];
    const other = taken(two, "other");
    const bare = taken(two, "b", true);
    await turn();
    expect([...shown, other, bare]).toEqual([{ turn: "proving" }, {}, {}, {}, { turn: "proving" }, { turn: "free" }]);
    one.done("b", "nothing");
    await turn();
    expect(shown).toEqual([{ turn: "proving" }, { turn: "proving" }, {}, {}]);
    // That is not its turn to end.
    one.done("b", "proven");
    await turn();
    expect([shown[2], two.isProven("b")]).toEqual([{}, false]);
    two.done("b", "proven");
    await turn();
    expect(shown.slice(2)).toEqual([{ turn: "free" }, { turn: "free" }]);
    expect([one.isProven("b"), one.isProven("other")]).toEqual([true, false]);
  });

  test("compares one removal in fifty of a bucket, of all takers together", async () => {
    const removals = openRemovals();
    const takers = [removals.open(), removals.open(), removals.open()] as const;
    await takers[0].take("b", false);
    takers[0].done("b", "proven");
    const turns: RemovalTurn[] = [];
    for (let nth = 0; nth < 150; nth += 1) turns.push(await (takers[nth % 3] ?? takers[0]).take("b", false));
    expect(turns.flatMap((one, nth) => (one === "comparing" ? [nth + 1] : []))).toEqual([50, 100, 150]);
  });

  test("passes the turn of a process that is gone on, and none to it", async () => {
    const removals = openRemovals();
    const [gone, other] = [removals.open(), removals.open()];
    await gone.take("b", false);
    const waiting = [taken(gone), taken(other), taken(other)];
    gone.leave();
    await turn();
    expect(waiting).toEqual([{}, { turn: "proving" }, {}]);
    other.done("b", "proven");
    await turn();
    expect(waiting).toEqual([{}, { turn: "proving" }, { turn: "free" }]);
  });

  test.each(["proving", "comparing"])(
    "stops every taker in every bucket once a removal that is %s does harm",
    async (when) => {
      const removals = openRemovals();
      const [one, two] = [removals.open(), removals.open()];
      const stopped: string[] = [];
      removals.onStopped(() => void stopped.push("stopped"));
      await two.take("other", false);
      await one.take("b", false);
      if (when === "comparing") one.done("b", "proven");
      const waiting = [taken(one, "other"), ...(when === "proving" ? [taken(two)] : [])];
      await turn();
      expect([waiting[0], stopped]).toEqual([{}, []]);
      one.done("b", "harmed");
      await turn();
      expect(new Set(waiting.map((shown) => shown.turn))).toEqual(new Set(["stopped"]));
      expect([one.isStopped, two.isStopped, stopped]).toEqual([true, true, ["stopped"]]);
      for (const bare of [false, true]) expect(await two.take("b", bare)).toBe("stopped");
    },
  );
});

describe("VersionWatermark", () => {
  test("passes a key once the listing has moved on and all its versions are done", () => {
    const { list, at } = watermark();
    const first = list("a", "1");
    const second = list("a", "2");
    second?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    first?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    const third = list("b", "3");
    expect(at()).toMatchObject({ upTo: "a", listed: 2 });
    third?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 2 });
    expect(at(true)).toMatchObject({ upTo: "b", listed: 3, end: true });
  });

  test("counts filtered-out versions and delete markers with their keys", () => {
    const { marks, list, at } = watermark();
    marks.marker("a");
    expect(list("a", "1", false)).toBeNull();
    list("b", "2")?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 0, filteredOut: 1, deleteMarkers: 1 });
  });

  test("takes no version that an earlier session did, and counts it once, listed again or not", () => {
    const done = new Map([
      ["a", new Set(["1", "gone"])],
      ["c", new Set(["gone too"])],
    ]);
    const { list, at } = watermark({ done });
    expect(list("a", "1")).toBeNull();
    list("a", "2")?.();
    list("b", "3")?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 3 });
    expect(at(true)).toMatchObject({ listed: 5 });
  });

  test("stops once the listing is out of order, until its end", () => {
    const { list, at } = watermark();
    list("b", "1")?.();
    list("a", "2")?.();
    list("c", "3")?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    expect(at(true)).toMatchObject({ listed: 3 });
  });

  test("counts correctly past a version that stays unfinished while many others finish", () => {
    const { list, at } = watermark();
    const open = list("0", "open");
    for (let n = 0; n < 20_000; n += 1) list(`1${String(n).padStart(6, "0")}`, "1")?.();
    expect(at()).toMatchObject({ upTo: null });
    open?.();
    expect(at(true)).toMatchObject({ listed: 20_001 });
  });
});

const PAGE = 5;

interface Bucket {
  /** The kinds of the entries of each key, the newest first. */
  readonly histories: ReadonlyMap<string, readonly VersionEntry["kind"][]>;
  readonly sort: (keys: readonly string[]) => string[];
  /** Some stores list the delete markers of a page after its versions. */
  readonly markersLast?: boolean;
  /** A key that XML cannot hold. */
  readonly unreadable?: string;
  /** Called before each page. */
  readonly onPage?: () => void;
}

function entriesIn({ histories, sort, unreadable }: Bucket): VersionEntry[] {
  return sort([...histories.keys()]).flatMap((key) =>
    (histories.get(key) ?? []).map((kind, nth) => ({
      kind,
      key,
      versionId: `${key}:${nth}`,
      isLatest: nth === 0,
      sizeBytes: 1,
      etag: "e",
      lastModified: "2026-01-01T00:00:00.000Z",
      storageClass: "STANDARD",
      ...(key === unreadable && { fault: { kind: "unreadable-key", raw: key } as const }),
    })),
  );
}

/** Lists in pages of five entries, each of which takes longer than a search for a place to cut a range. */
function storeOf(bucket: Bucket) {
  const entries = entriesIn(bucket);
  const { sort, markersLast = false, onPage } = bucket;
  const isAfter = (key: string, marker: string) => key !== marker && sort([key, marker])[0] === marker;
  const listVersions = async ({ keyMarker, versionIdMarker, limit = PAGE }: ListVersionsInput) => {
    onPage?.();
    await (limit === 1 ? turn() : wait(3));
    const at = entries.findIndex(({ versionId }) => versionId === versionIdMarker);
    const rest =
      at === -1
        ? entries.filter(({ key }) => keyMarker === undefined || isAfter(key, keyMarker))
        : entries.slice(at + 1);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const next = rest.length > limit && last ? { keyMarker: last.key, versionIdMarker: last.versionId } : null;
    const isMarker = ({ kind }: VersionEntry) => kind === "delete-marker";
    return { entries: markersLast ? page.toSorted((a, b) => Number(isMarker(a)) - Number(isMarker(b))) : page, next };
  };
  return fakeStore({
    listVersions,
    headObject: async () => {
      await wait(0);
      return { headers: { "content-length": "1", "x-amz-server-side-encryption": "AES256" }, requestId: null };
    },
  });
}

/** Goes on with the versions from the records so far, and adds to them. */
async function look(
  bucket: Bucket,
  records: JournalRecord[],
  signal?: AbortSignal,
  poolOf: (context: RunContext) => RangePool<VersionWork> = poolHere,
): Promise<void> {
  const store = storeOf(bucket);
  const context = auditContext(store, {
    noncurrent: true,
    signal,
    journal: { append: async (record) => void records.push(record) },
    walk: { ...wholeWalk(store, { signal }), cutting: { everyMs: 1, worth: 2 } },
    isInScope: ({ key }) => !key.startsWith("b"),
  });
  const session = {
    earlier: records.length === 0 ? null : {},
    records: async function* () {
      yield* [...records];
    },
  };
  await lookAtVersions(SCOPE, session, context, { pool: poolOf(context) }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}

/**
 * Workers that end without a word after so many lines each, until there are no more of these numbers. All that they
 * share with the owner of the run goes through JSON.
 */
function dyingWorkers(context: RunContext, linesOfEach: number[]): RangePool<VersionWork> {
  const start = (work: VersionWork, records: RangeRecords) => {
    const remote = new RemoteRange(work, records, { settings: null, earlier: [] });
    const begin = () => {
      let left = linesOfEach.shift() ?? Number.POSITIVE_INFINITY;
      let isDead = false;
      const append = async (record: JournalRecord): Promise<void> => {
        if (!isDead && left === 0) setImmediate(begin);
        isDead ||= left === 0;
        if (isDead) return new Promise(() => undefined);
        left -= 1;
        const written = asJson(record);
        await context.journal.append(written);
        remote.wrote(written);
        if (written.kind === "version") records.onResult(written, true);
        Object.assign(remote, { lastKey: running.lastKey ?? remote.lastKey, listed: running.listed });
      };
      const there = { ...context, room: createRoom(4), journal: { append } };
      const ofWorker = { onResult: () => undefined, stop: records.stop };
      const running = runVersions(workOf(asJson(remote.toSend(1))) as VersionWork, there, ofWorker);
      remote.narrowThere = async (through) => !isDead && running.narrow(through);
      running.done.then(
        () => remote.end(),
        (error: unknown) => remote.end(fromSent(asJson(toSent(error)))),
      );
    };
    begin();
    return remote;
  };
  return { start, isBusy: () => false };
}

function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function versionsOf(records: readonly JournalRecord[]): string[] {
  const found = records.filter((record): record is VersionRecord => record.kind === "version");
  return found.map(({ before }) => before.versionId ?? "").toSorted();
}

/** What any listing of the bucket must lead to. */
function expectedOf(bucket: Bucket) {
  const entries = entriesIn(bucket);
  const noncurrent = entries.filter(({ kind, isLatest }) => kind === "version" && !isLatest);
  const ids = noncurrent.filter(({ key }) => !key.startsWith("b")).map(({ versionId }) => versionId);
  const deleteMarkers = entries.length - entries.filter(({ kind }) => kind === "version").length;
  return { ids: ids.toSorted(), listed: ids.length, filteredOut: noncurrent.length - ids.length, deleteMarkers };
}

function noncurrentOf(records: readonly JournalRecord[]) {
  const fold = createSummaryFold([SCOPE]);
  for (const record of records) fold.add(record);
  return fold.result().total.noncurrent;
}

function expectAll(bucket: Bucket, records: readonly JournalRecord[]): void {
  const { ids, ...counts } = expectedOf(bucket);
  expect(versionsOf(records)).toEqual(ids);
  expect(noncurrentOf(records)).toMatchObject({ ...counts, refused: null, closes: true });
}

function rangesOf(records: readonly JournalRecord[]): number {
  const checkpoints = records.filter((record): record is VersionCheckpoint => record.kind === "version-checkpoint");
  return new Set(checkpoints.map(({ after }) => after)).size;
}

const history = fc.array(fc.constantFrom<VersionEntry["kind"]>("version", "version", "delete-marker"), {
  minLength: 1,
  maxLength: 4,
});
const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.string({ unit: fc.constantFrom("a", "b", "/", "0", "é", "\uffee", "🦊", "~"), minLength: 1, maxLength: 8 }),
  fc.nat({ max: 9999 }).map((n) => `logs/2026/host/${String(n).padStart(5, "0")}`),
);
const manyHistories = fc
  .uniqueArray(fc.tuple(key, history), { minLength: 30, maxLength: 90, selector: ([name]) => name })
  .map((entries) => new Map(entries));
const inOrder = (order: KeyOrder) => (keys: readonly string[]) => [...keys].sort(compareKeysIn(order));

describe("lookAtVersions", () => {
  test.each<KeyOrder>(["utf-8", "utf-16"])("reads each version once, in ranges, listed in %s order", async (order) => {
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(manyHistories, async (histories) => {
        const bucket = { histories, sort: inOrder(order) };
        const records: JournalRecord[] = [];
        await look(bucket, records);
        expectAll(bucket, records);
        expect(records.some((record) => record.kind === "version-checkpoint" && record.afresh)).toBe(false);
        cuts += rangesOf(records) - 1;
      }),
      { numRuns: 20 },
    );
    expect(cuts).toBeGreaterThan(20);
  });

  test("reads a bucket whose keys are all deleted in ranges, too", async () => {
    const names = Array.from({ length: 100 }, (_, n) => `logs/${String(n).padStart(3, "0")}`);
    const bucket = {
      histories: new Map(names.map((name) => [name, ["delete-marker", "version"] as const])),
      sort: inOrder("utf-8"),
    };
    const records: JournalRecord[] = [];
    await look(bucket, records);
    expectAll(bucket, records);
    expect(rangesOf(records)).toBeGreaterThan(1);
  });

  test("goes on where it was interrupted, as often as it is, with each version once", async () => {
    const stops = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(manyHistories, stops, async (histories, at) => {
        const bucket = { histories, sort: inOrder("utf-8") };
        const records: JournalRecord[] = [];
        for (const stop of at) {
          const interruption = new AbortController();
          let pages = 0;
          const onPage = () => {
            pages += 1;
            if (pages === stop) interruption.abort();
          };
          await look({ ...bucket, onPage }, records, interruption.signal);
        }
        await look(bucket, records);
        expectAll(bucket, records);
      }),
      { numRuns: 20 },
    );
  });

  test("goes on from any line of the journal after a kill, with each version once", { tags: ["slow"] }, async () => {
    await fc.assert(
      fc.asyncProperty(manyHistories, fc.nat(), fc.nat(), async (histories, first, second) => {
        const bucket = { histories, sort: inOrder("utf-16") };
        let records: JournalRecord[] = [];
        await look(bucket, records);
        for (const at of [first, second]) {
          records = records.slice(0, at % records.length);
          await look(bucket, records);
        }
        expectAll(bucket, records);
      }),
      { numRuns: 25 },
    );
  });

  test.each<KeyOrder>(["utf-8", "utf-16"])(
    "goes on in another worker if one ends, with each version once, listed in %s order",
    async (order) => {
      let cuts = 0;
      await fc.assert(
        fc.asyncProperty(manyHistories, fc.array(fc.nat({ max: 30 }), { maxLength: 12 }), async (histories, lines) => {
          const bucket = { histories, sort: inOrder(order) };
          const records: JournalRecord[] = [];
          await look(bucket, records, undefined, (context) => dyingWorkers(context, [...lines]));
          expectAll(bucket, records);
          cuts += rangesOf(records) - 1;
        }),
        { numRuns: 20 },
      );
      expect(cuts).toBeGreaterThan(10);
    },
  );

  const many = new Map(
    Array.from({ length: 120 }, (_, n) => [
      String(n).padStart(4, "0"),
      n % 3 === 0 && n > 90 ? (["version", "version", "delete-marker"] as const) : (["version", "version"] as const),
    ]),
  );
  const swapped = (one: string) => (one === "0100" ? "0101" : one === "0101" ? "0100" : one);
  const noOrder: Bucket["sort"] = (keys) => keys.toSorted((a, b) => (swapped(a) < swapped(b) ? -1 : 1));

  test.each<[string, Omit<Bucket, "histories">]>([
    ["keys in no order", { sort: noOrder }],
    ["a key that cannot be decoded", { sort: inOrder("utf-8"), unreadable: "0110" }],
    ["delete markers after the versions of a page", { sort: inOrder("utf-8"), markersLast: true }],
  ])("reads all as one range from the beginning if the store lists %s", async (_, store) => {
    const bucket = { histories: many, ...store };
    const ofWorkers: JournalRecord[] = [];
    await look(bucket, ofWorkers, undefined, (context) => dyingWorkers(context, [30, 5, 0, 60]));
    expectAll(bucket, ofWorkers);
    expect(ofWorkers.some((record) => record.kind === "version-checkpoint" && record.afresh)).toBe(true);
    const records: JournalRecord[] = [];
    await look(bucket, records);
    expectAll(bucket, records);
    const afresh = records.findLastIndex((record) => record.kind === "version-checkpoint" && record.afresh);
    expect(afresh).toBeGreaterThan(0);
    expect(rangesOf(records.slice(0, afresh))).toBeGreaterThan(1);
    expect(rangesOf(records.slice(afresh))).toBe(1);
    // A resumed run that was killed after any line then goes on in the same way.
    for (let at = afresh; at < records.length; at += 40) {
      const resumed = records.slice(0, at);
      await look(bucket, resumed);
      expectAll(bucket, resumed);
    }
  });

  test.each<[string, (context: RunContext) => RangePool<VersionWork>]>([
    ["one process", poolHere],
    ["workers", (context) => dyingWorkers(context, [])],
  ])(
    "a refusal in a range of %s ends all of them, is in the totals, and is made up for by a resumed run",
    async (_, poolOf) => {
      const bucket = { histories: many, sort: inOrder("utf-8") };
      let pages = 0;
      const onPage = () => {
        pages += 1;
        if (pages > 25) throw storeError("access-denied", { message: "no more" });
      };
      const records: JournalRecord[] = [];
      await look({ ...bucket, onPage }, records, undefined, poolOf);
      expect(rangesOf(records)).toBeGreaterThan(1);
      expect(noncurrentOf(records)).toMatchObject({ closes: false, refused: expect.stringContaining("no more") });
      await look(bucket, records);
      expectAll(bucket, records);
    },
  );

  test("does not close if a range has no end", async () => {
    const records: JournalRecord[] = [];
    await look({ histories: many, sort: inOrder("utf-8") }, records);
    const last = records.findLastIndex((record) => record.kind === "version-checkpoint" && record.end);
    expect(rangesOf(records)).toBeGreaterThan(1);
    expect(noncurrentOf(records.toSpliced(last, 1))).toMatchObject({ closes: false });
  });

  test.each([
    ["b", true],
    ["c", false],
  ])("ranges up to b and from %s on cover the keys: %s", (after, closes) => {
    const ranges = [versionCheckpoint({ through: "b", end: true }), versionCheckpoint({ after, end: true })];
    expect(noncurrentOf(ranges)).toMatchObject({ listed: 0, closes });
  });
});
