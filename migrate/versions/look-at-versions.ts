import { RunError } from "../errors.js";
import type { VersionRecord } from "../journal/observation.js";
import type { JournalRecord } from "../journal/record.js";
import type { VersionRef, Walked } from "../list/list-objects.js";
import { type Cutting, MOST_RANGES, type RunningRange, readSideBySide } from "../list/side-by-side.js";
import { type KeyRange, placeIn, WHOLE_RANGE } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { PriorKnowledge, RunContext } from "../object/context.js";
import { recordKnown } from "../object/process-object.js";
import { countResults, forEachBounded, type RangePool, type RangeRecords } from "../object/room.js";
import { isDecoded } from "../store/answers.js";
import { StoreError } from "../store/store-error.js";
import { lookAtVersion } from "./look-at-version.js";
import { settleRemovals } from "./remove-version.js";
import { doneIn, type VersionWork, versionProgress, versionRanges } from "./resume-versions.js";
import {
  checkpointAtStart,
  Refused,
  Uncuttable,
  type VersionProgress,
  type VersionRange,
  VersionWatermark,
  WALK_NOT_STARTED,
} from "./version-watermark.js";

interface VersionTools {
  readonly pool: RangePool<VersionWork>;
  readonly cutting?: Cutting | undefined;
}

/** Examines the noncurrent versions of a scope, once its objects are done. */
export async function lookAtVersions(
  scope: Scope,
  session: { readonly earlier: object | null; readonly records: () => AsyncIterable<JournalRecord> },
  context: RunContext,
  tools: VersionTools,
): Promise<void> {
  // If the setting was unreadable, the bucket may have versions.
  const isVersioned = context.settingsOf(scope.bucket)?.versioning !== "never";
  if (!context.noncurrent || !isVersioned || context.signal?.aborted) return;
  const progress = () => versionProgress(session.records, scope);
  try {
    await readRanges(scope, session.earlier === null ? WALK_NOT_STARTED : await progress(), context, tools);
  } catch (error) {
    if (!(error instanceof Uncuttable)) throw error;
    await context.journal.append({ ...checkpointAtStart(scope, WHOLE_RANGE, context.now()), afresh: true });
    await readRanges(scope, await progress(), context, tools);
  }
}

/** Examines every noncurrent version of a scope, beginning where an earlier session stopped. */
async function readRanges(
  scope: Scope,
  earlier: VersionProgress,
  context: RunContext,
  { pool, cutting }: VersionTools,
): Promise<void> {
  const { walk, journal, now, signal, mostRanges, onEvent } = context;
  const progress = await settleRemovals(earlier, context);
  const onResult = countResults(onEvent, "versions");
  await readSideBySide<VersionRange>({
    scope,
    parts: versionRanges(progress).filter(({ checkpoint }) => !checkpoint?.end),
    most: progress.isWhole || progress.hasUnplaced ? 1 : Math.min(mostRanges, MOST_RANGES),
    list: walk.listVersions,
    start: (part, stop) => pool.start({ kind: "versions", scope, part }, { onResult, stop }),
    isBusy: () => pool.isBusy(),
    // This line comes before any other of the new range: a resumed run must know both parts.
    onCut: async ({ checkpoint: begun, done }, range) => {
      const checkpoint = { ...checkpointAtStart(scope, range, now()), ...(begun?.order && { order: begun.order }) };
      await journal.append(checkpoint);
      return { range, checkpoint, done: doneIn(range, done), hasUnplaced: false };
    },
    signal,
    cutting: cutting ?? walk.cutting,
  }).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
}

/** Examines the noncurrent versions of a range of keys, starting where it was left. */
export function runVersions(work: VersionWork, context: RunContext, records: RangeRecords): RunningRange {
  return new RangeWalk(work, { context, ...records });
}

const RECORDS_A_CHECKPOINT = 1000;

interface Listed {
  readonly ref: VersionRef;
  readonly known: PriorKnowledge<VersionRecord> | undefined;
  readonly settle: () => void;
}

interface RangeTools extends RangeRecords {
  readonly context: RunContext;
}

/** Examines the noncurrent versions of a range of keys. */
class RangeWalk implements RunningRange {
  readonly done: Promise<void>;
  readonly #scope: Scope;
  readonly #from: string | null;
  readonly #watermark: VersionWatermark;
  readonly #tools: RangeTools;

  constructor({ scope, part }: VersionWork, tools: RangeTools) {
    this.#scope = scope;
    this.#from = part.checkpoint?.upTo ?? part.range.after;
    this.#watermark = new VersionWatermark(scope, part);
    this.#tools = tools;
    this.done = this.#read();
  }

  get range(): KeyRange {
    return this.#watermark.range;
  }

  get lastKey(): string | null {
    return this.#watermark.lastKey;
  }

  get listed(): number {
    return this.#watermark.listed;
  }

  narrow(through: string): boolean {
    return this.#watermark.narrow(through);
  }

  async #read(): Promise<void> {
    const { context, stop } = this.#tools;
    const { journal, room, now, signal } = context;
    const checkpoint = (end: boolean, refused?: string) =>
      journal.append(this.#watermark.checkpoint(now(), end, refused ?? null));
    let records = 0;
    const toRecord = async (listed: Listed) => {
      if (!(await this.#examine(listed))) return;
      records += 1;
      if (records % RECORDS_A_CHECKPOINT === 0) await checkpoint(false);
    };
    try {
      await forEachBounded(this.#versionsToDo(), room, toRecord, stop);
    } catch (error) {
      // A listing that does not advance is not a rejection by the store.
      const isOfStore = error instanceof StoreError && !signal?.aborted && error.kind !== "listing-stuck";
      const isRefusal = error instanceof RunError || isOfStore;
      await checkpoint(false, isRefusal ? error.message : undefined);
      throw isRefusal ? new Refused(error.message) : error;
    }
    await checkpoint(!stop.aborted);
  }

  /** Whether the version has its record now. */
  async #examine({ ref, known, settle }: Listed): Promise<boolean> {
    const { context, onResult } = this.#tools;
    const record = await recordKnown(known, () => lookAtVersion(ref, context));
    // The interruption may have caused the failure, because it cuts retries short.
    if (record === null || (context.signal?.aborted && record.outcome.kind === "failed")) return false;
    await context.journal.append(record);
    settle();
    onResult(record, ref.fault === undefined);
    return true;
  }

  async *#versionsToDo(): AsyncGenerator<Listed> {
    const { walk, journal, now, onEvent, known: ofScope } = this.#tools.context;
    const [scope, watermark] = [this.#scope, this.#watermark];
    await using known = ofScope.after(scope, this.#from);
    let { order } = watermark;
    const isBeyond = (key: string) => placeIn(this.range, key) === "beyond";
    for await (const walked of walk.versions(scope, this.#from, isBeyond)) {
      const { key, fault } = walked.kind === "noncurrent" ? walked.ref : walked;
      if (!watermark.meet(key, isDecoded(fault))) continue;
      // The new order is recorded before the first record that shows it, because a resumed run must know which
      // keys came before the mark.
      if (watermark.order !== order) await journal.append(watermark.checkpoint(now(), false));
      order = watermark.order;
      const settle = this.#take(walked);
      if (walked.kind !== "noncurrent" || settle === null) continue;
      const { ref } = walked;
      onEvent({ kind: "version-listed", sizeBytes: ref.sizeBytes });
      yield { ref, known: ref.fault === undefined ? await known.version(ref) : undefined, settle };
    }
    watermark.keepEnd();
  }

  /** Counts an entry. Returns what to call once it is examined; `null` if there is nothing to examine. */
  #take(walked: Walked): (() => void) | null {
    const { isInScope, isTestObject } = this.#tools.context;
    const { key } = walked.kind === "noncurrent" ? walked.ref : walked;
    if (walked.kind === "current" || isTestObject({ bucket: this.#scope.bucket, key })) return null;
    if (walked.kind === "noncurrent") return this.#watermark.list(key, walked.ref.versionId, isInScope(walked.ref));
    this.#watermark.marker(key);
    return null;
  }
}
