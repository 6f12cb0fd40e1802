import type { CheckpointRecord, JournalRecord } from "../journal/record.js";
import { isEnded, RANGE_NOT_STARTED, type RangeProgress, type ScopeProgress } from "../journal/resume.js";
import type { RunFile } from "../journal/run-folder.js";
import { Unordered } from "../list/cut-range.js";
import { type Cutting, readSideBySide } from "../list/side-by-side.js";
import { boundsOf, type KeyRange, placeIn, WHOLE_RANGE } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { countResults, type RangePool } from "../object/room.js";
import { allEnded } from "../store/operations.js";
import { type Looking, lookForArrivals } from "./arrivals.js";
import { type DefaultAtEnd, readBucketsAgain, readDefaultsAgain } from "./bucket-settings.js";
import type { Connection } from "./connect.js";
import type { RangeWork } from "./process-range.js";

export interface ScopeTools {
  readonly pool: RangePool<RangeWork>;
  /** Where a scope continues, read from the journal of this run again. */
  readonly readAgain: (scope: Scope) => Promise<ScopeProgress>;
  /** Called if the listing of a scope turns out to have no order. */
  readonly onUnordered: (scope: Scope) => Promise<void>;
  readonly cutting?: Cutting | undefined;
}

/**
 * Processes every object of a scope, starting where an earlier session stopped. The scope is listed as one
 * range of keys at first, and as several while there is room for more objects in flight than they show.
 */
export async function processScope(
  scope: Scope,
  progress: ScopeProgress,
  context: RunContext,
  tools: ScopeTools,
): Promise<void> {
  if (isEnded(progress)) return;
  const { journal, now, onEvent, signal } = context;
  onEvent({ kind: "scope-started", scope });
  try {
    await processRanges(scope, progress, context, tools);
  } catch (error) {
    if (!(error instanceof Unordered)) throw error;
    await journal.append({ ...checkpointAtStart(scope, WHOLE_RANGE, now()), afresh: true });
    await tools.onUnordered(scope);
    await processRanges(scope, await tools.readAgain(scope), context, tools);
  }
  if (!signal?.aborted) onEvent({ kind: "scope-ended", scope });
}

async function processRanges(
  scope: Scope,
  { ranges, unplaced, isUnordered }: ScopeProgress,
  context: RunContext,
  { pool, cutting }: ScopeTools,
): Promise<void> {
  const { mostRanges, walk, journal, now, signal } = context;
  const onResult = countResults(context.onEvent, "objects");
  const [first] = ranges;
  await readSideBySide<RangeProgress>({
    scope,
    parts: ranges.filter(({ end }) => !end),
    most: isUnordered ? 1 : mostRanges,
    list: walk.list,
    start: (progress, stop) => {
      const unplacedHere = progress === first ? unplaced.size : 0;
      return pool.start({ kind: "objects", scope, progress, unplaced, unplacedHere }, { onResult, stop });
    },
    isBusy: () => pool.isBusy(),
    // This line comes before any other of the new range: a resumed run must know both parts.
    onCut: async ({ doneKeys, order }, range) => {
      await journal.append(checkpointAtStart(scope, range, now()));
      const keys = [...doneKeys].filter((key) => placeIn(range, key) === "inside");
      return { ...RANGE_NOT_STARTED, range, doneKeys: new Set(keys), order };
    },
    signal,
    cutting: cutting ?? walk.cutting,
  });
}

function checkpointAtStart(scope: Scope, range: KeyRange, now: Date): CheckpointRecord {
  return {
    kind: "checkpoint",
    ...scope,
    ...boundsOf(range),
    upTo: null,
    listed: 0,
    filteredOut: 0,
    end: false,
    at: now.toISOString(),
  };
}

type LookingAgain = Looking &
  Pick<RunContext, "onEvent"> &
  Pick<Connection, "storeTime"> & { readonly runFile: RunFile };

/** Looks again for changes by others, once all objects are done: at settings, and for objects. */
export async function lookAgain(
  scopes: readonly Scope[],
  records: AsyncIterable<JournalRecord>,
  looking: LookingAgain,
): Promise<void> {
  const { store, runFile, storeTime } = looking;
  const defaults = await readDefaultsAgain(store, runFile.current().buckets, storeTime);
  await allEnded([noteSettings(defaults, looking), lookForArrivals(scopes, defaults, records, looking)]);
}

async function noteSettings(
  defaults: ReadonlyMap<string, DefaultAtEnd>,
  { store, runFile, storeTime, onEvent }: LookingAgain,
): Promise<void> {
  const before = new Set(runFile.current().buckets.flatMap(({ warnings }) => warnings));
  const buckets = await readBucketsAgain(store, runFile.current(), defaults, storeTime);
  for (const { bucket, warnings } of buckets) {
    for (const warning of warnings) if (!before.has(warning)) onEvent({ kind: "bucket-warning", bucket, warning });
  }
  await runFile.setBuckets(buckets);
}
