import { RunError } from "../errors.js";
import type { VersionRecord } from "../journal/observation.js";
import { readJournal } from "../journal/read-journal.js";
import type { VersionRef } from "../list/list-objects.js";
import type { Scope } from "../model/scope.js";
import type { PriorKnowledge, RunContext } from "../object/context.js";
import { recordKnown } from "../object/process-object.js";
import { createBreaker, forEachBounded } from "../object/room.js";
import { StoreError } from "../store/store-error.js";
import { lookAtVersion } from "./look-at-version.js";
import { settleRemovals } from "./remove-version.js";
import { type VersionProgress, VersionWatermark, versionProgress, WALK_NOT_STARTED } from "./version-watermark.js";

/** Examines the noncurrent versions of a scope, once its objects are done. */
export async function lookAtVersions(
  scope: Scope,
  session: { readonly earlier: object | null; readonly runDir: string },
  context: RunContext,
): Promise<void> {
  // If the setting was unreadable, the bucket may have versions.
  const isVersioned = context.settingsOf(scope.bucket)?.versioning !== "never";
  if (!context.noncurrent || !isVersioned || context.signal?.aborted) return;
  const isResumed = session.earlier !== null;
  const earlier = isResumed ? await versionProgress(readJournal(session.runDir), scope) : WALK_NOT_STARTED;
  await walkScope(scope, await settleRemovals(earlier, context), context);
}

const RECORDS_A_CHECKPOINT = 1000;

interface Listed {
  readonly ref: VersionRef;
  readonly known: PriorKnowledge<VersionRecord> | undefined;
  readonly settle: () => void;
}

/** Examines every noncurrent version of a scope, beginning where an earlier session stopped. */
async function walkScope(scope: Scope, progress: VersionProgress, context: RunContext): Promise<void> {
  const { journal, room, onEvent, signal } = context;
  if (progress.checkpoint?.end) return;
  const watermark = new VersionWatermark(scope, progress);
  const checkpoint = (end: boolean, refused?: string) =>
    journal.append(watermark.checkpoint(context.now(), end, refused ?? null));
  const breaker = createBreaker("versions");
  let records = 0;
  const toRecord = async ({ ref, known, settle }: Listed) => {
    const record = await recordKnown(known, () => lookAtVersion(ref, context));
    // The interruption may have caused the failure, because it cuts retries short.
    if (record === null || (signal?.aborted && record.outcome.kind === "failed")) return;
    await journal.append(record);
    settle();
    onEvent({ kind: "version", record });
    // The store was not called: other versions may be fine.
    if (ref.fault === undefined) breaker(record);
    records += 1;
    if (records % RECORDS_A_CHECKPOINT === 0) await checkpoint(false);
  };
  try {
    await forEachBounded(versionsToDo(scope, progress, watermark, context), room, toRecord, signal);
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

/** A listing that does not advance is not a rejection by the store. */
function isStuck({ kind }: StoreError): boolean {
  return kind === "listing-stuck";
}

async function* versionsToDo(
  scope: Scope,
  progress: VersionProgress,
  watermark: VersionWatermark,
  { walk, journal, now, isInScope, isTestObject, known, onEvent }: RunContext,
): AsyncGenerator<Listed> {
  let { order } = watermark;
  for await (const walked of walk.versions(scope, progress.checkpoint?.upTo ?? null)) {
    const key = walked.kind === "noncurrent" ? walked.ref.key : walked.key;
    if (isTestObject({ bucket: scope.bucket, key })) continue;
    if (walked.kind === "delete-marker") {
      watermark.marker(key);
      continue;
    }
    const { ref } = walked;
    holdAt(ref, watermark);
    const settle = watermark.list(key, ref.versionId, isInScope(ref));
    // The new order is recorded before the first record that shows it, because a resumed run must know which
    // keys came before the mark.
    if (watermark.order !== order) await journal.append(watermark.checkpoint(now(), false));
    order = watermark.order;
    if (settle === null) continue;
    onEvent({ kind: "version-listed", sizeBytes: ref.sizeBytes });
    yield { ref, known: ref.fault === undefined ? await known.version(ref) : undefined, settle };
  }
}
