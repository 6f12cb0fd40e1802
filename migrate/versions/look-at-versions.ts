import type { Known, KnownObjects } from "../compare/baseline-entry.js";
import { processKnown } from "../compare/known.js";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { VersionRecord } from "../journal/observation.js";
import { readJournal } from "../journal/read-journal.js";
import type { VersionRef, Walk } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";
import { createBreaker, forEachBounded } from "../object/for-each-bounded.js";
import { StoreError } from "../store/store-error.js";
import { lookAtVersion } from "./look-at-version.js";
import { settleRemovals } from "./remove-version.js";
import { type VersionOptions, type VersionRoad, versionRoad } from "./version-context.js";
import { type VersionProgress, VersionWatermark, versionProgress, WALK_NOT_STARTED } from "./version-watermark.js";

interface LookContext extends Omit<WalkContext, "road"> {
  readonly road: Road;
  readonly journal: JournalWriter;
}

/** Looks at the noncurrent versions of a scope, once its objects are done. */
export async function lookAtVersions(
  scope: Scope,
  session: { readonly options: VersionOptions; readonly earlier: object | null; readonly runDir: string },
  context: LookContext,
): Promise<void> {
  const road = versionRoad(scope, session.options, context.road, context.journal);
  if (road === null || context.signal?.aborted) return;
  const isResumed = session.earlier !== null;
  const earlier = isResumed ? await versionProgress(readJournal(session.runDir), scope) : WALK_NOT_STARTED;
  await walkScope(scope, await settleRemovals(earlier, road), { ...context, road });
}

const RECORDS_A_CHECKPOINT = 1000;

interface WalkContext {
  readonly road: VersionRoad;
  readonly concurrency: number;
  readonly isInScope: (ref: ObjectRef) => boolean;
  /** Whether this very run put it, only to delete it again. */
  readonly isThrowAway: (ref: Pick<ObjectRef, "bucket" | "key">) => boolean;
  readonly walk: Pick<Walk, "versions">;
  /** What need not be asked of the store. */
  readonly known?: Pick<KnownObjects, "version"> | undefined;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal | undefined;
}

interface Listed {
  readonly ref: VersionRef;
  readonly known: Known<VersionRecord> | undefined;
  readonly settle: () => void;
}

/** Looks at every noncurrent version of a scope, from where an earlier session stopped. */
async function walkScope(scope: Scope, progress: VersionProgress, context: WalkContext): Promise<void> {
  const { road, concurrency, onEvent, signal } = context;
  if (progress.checkpoint?.end) return;
  const watermark = new VersionWatermark(scope, progress);
  const checkpoint = (end: boolean, refused?: string) =>
    road.append(watermark.checkpoint(road.now(), end, refused ?? null));
  const breaker = createBreaker("versions");
  let records = 0;
  const toRecord = async ({ ref, known, settle }: Listed) => {
    const record = await processKnown(known, () => lookAtVersion(ref, road));
    // A failure under an interruption may be its doing: retries were cut short.
    if (record === null || (signal?.aborted && record.outcome.kind === "failed")) return;
    await road.append(record);
    settle();
    onEvent({ kind: "version", record });
    // The store was not asked: other versions may be fine.
    if (ref.fault === undefined) breaker(record);
    records += 1;
    if (records % RECORDS_A_CHECKPOINT === 0) await checkpoint(false);
  };
  try {
    await forEachBounded(versionsToDo(scope, progress, watermark, context), concurrency, toRecord, signal);
  } catch (error) {
    const isRefusal = error instanceof RunError || (error instanceof StoreError && !signal?.aborted && !isStuck(error));
    await checkpoint(false, isRefusal ? error.message : undefined);
    if (!isRefusal) throw error;
    return;
  }
  await checkpoint(signal?.aborted !== true);
}

function holdAt({ fault }: VersionRef, watermark: VersionWatermark): void {
  if (fault?.kind === "unreadable-key") watermark.hold();
}

/** A listing that does not advance says nothing of what the store would refuse. */
function isStuck({ kind }: StoreError): boolean {
  return kind === "listing-stuck";
}

async function* versionsToDo(
  scope: Scope,
  progress: VersionProgress,
  watermark: VersionWatermark,
  { walk, road, isInScope, isThrowAway, known, onEvent }: WalkContext,
): AsyncGenerator<Listed> {
  let { order } = watermark;
  for await (const walked of walk.versions(scope, progress.checkpoint?.upTo ?? null)) {
    const key = walked.kind === "noncurrent" ? walked.ref.key : walked.key;
    if (isThrowAway({ bucket: scope.bucket, key })) continue;
    if (walked.kind === "delete-marker") {
      watermark.marker(key);
      continue;
    }
    const { ref } = walked;
    holdAt(ref, watermark);
    const settle = watermark.list(key, ref.versionId, isInScope(ref));
    // Before the first record that shows it: whoever resumes has to know which keys came before the mark.
    if (watermark.order !== order) await road.append(watermark.checkpoint(road.now(), false));
    order = watermark.order;
    if (settle === null) continue;
    onEvent({ kind: "version-listed", sizeBytes: ref.sizeBytes });
    yield { ref, known: ref.fault === undefined ? await known?.version(ref) : undefined, settle };
  }
}
