import { voidJournal } from "../compare/baseline.js";
import { openWalk } from "../compare/named-walk.js";
import { BaselineContradicted } from "../compare/sample.js";
import { RunError, type RunErrorBecause } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import { openInFlight } from "../journal/in-flight.js";
import { openJournal } from "../journal/journal-writer.js";
import { readJournal } from "../journal/read-journal.js";
import { isEnded, NOT_STARTED, resumeState, type Unfinished } from "../journal/resume.js";
import { openRunFile, type RunFile, writeRunRecord } from "../journal/run-folder.js";
import type { BucketFindings, RunRecord, SessionRequests } from "../journal/run-record.js";
import type { Cutting } from "../list/side-by-side.js";
import type { Scope } from "../model/scope.js";
import { StoreError } from "../store/store-error.js";
import { lookAtVersions } from "../versions/look-at-versions.js";
import { finishReplays } from "../versions/resume-versions.js";
import { type BuiltContext, buildContext, type GivenFiles, type Touched } from "./build-context.js";
import type { BucketAccess } from "./check-access.js";
import { openThrowAways, sweepLeft, sweepThrowAways, type ThrowAways } from "./clean-up.js";
import type { Connection } from "./connect.js";
import { startCounting } from "./count-ahead.js";
import { fatalWords } from "./describe-fatal.js";
import { findBuckets } from "./find-buckets.js";
import { lookAgain, processScope, type ScopeTools } from "./process-scope.js";
import type { Session } from "./session.js";
import { createRepeats, nameOf, Sights } from "./sights.js";
import { openPool } from "./workers/open-pool.js";
import type { Pool } from "./workers/worker-pool.js";

interface RunTools {
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly now: () => Date;
  readonly files: GivenFiles;
  readonly met: Pick<BucketAccess, "unseen" | "regions">;
  readonly countsAhead: boolean;
}

export interface RunEnd {
  readonly buckets: BucketFindings[];
  readonly end: "complete" | "interrupted" | "aborted";
  readonly message: string | null;
  /** Present only for an aborted run. */
  readonly because?: RunErrorBecause;
  readonly requests: SessionRequests;
}

interface OpenedRun extends BuiltContext {
  readonly runFile: RunFile;
  readonly throwAways: ThrowAways;
  readonly sights: Sights;
  readonly repeats: ReturnType<typeof createRepeats>;
  readonly forgetCopies: () => void;
  readonly pool: Pool;
  readonly close: () => Promise<void>;
}

async function openRun(session: Session, connection: Connection, run: RunRecord, tools: RunTools): Promise<OpenedRun> {
  const { onEvent, signal, now, met } = tools;
  const { options, runDir } = session;
  const journal = await openJournal(runDir);
  const inFlight = await openInFlight(runDir);
  const runFile = openRunFile(runDir, run);
  const throwAways = openThrowAways(session.throwAways, {
    journal,
    now,
    onBegin: (begun) => pool.testObject(begun),
  });
  const repeats = createRepeats(runFile, onEvent);
  const onWays = () => pool.tell("forgetWays", null);
  const opened = { journal, inFlight, runFile, throwAways, onRepeated: repeats.add, onWays };
  const built = buildContext(session, connection, run, { ...tools, ...opened });
  const signals = [connection.lost, signal];
  const pool: Pool = await openPool({ session, connection, run, inFlight, throwAways, repeats, ...built, ...tools });
  const sights = new Sights(run.scopes, { options, regions: met.regions, journal, onEvent, now, signals });
  return {
    ...built,
    runFile,
    throwAways,
    sights,
    repeats,
    forgetCopies: inFlight.forget,
    pool,
    close: async () => {
      await pool.close();
      await journal.close();
      await inFlight.close();
    },
  };
}

type ScopesEnd = Omit<RunEnd, "requests">;

/**
 * Reads the buckets first, then their objects. A permanent refusal of the store ends the run and is reported.
 * A bug is thrown again.
 */
async function runScopes(
  session: Session,
  connection: Connection,
  run: RunRecord,
  tools: RunTools,
): Promise<ScopesEnd> {
  const { options } = session;
  const { lost } = connection;
  const { signal, met } = tools;
  const opened = await openRun(session, connection, run, tools);
  const { canaries, touched, runFile, throwAways, sights, repeats, pool } = opened;
  const buckets = () =>
    runFile.current().buckets.map((found) => ({ ...found, canary: canaries.foundIn(found.bucket) ?? found.canary }));
  const toCount = run.scopes.filter((scope) => !met.unseen.has(nameOf(scope)));
  const waitsForListing = () => pool.waitsForListing?.() ?? false;
  const beside = { isThrowAway: throwAways.has, onEvent: tools.onEvent, waitsForListing };
  const stopCounting = tools.countsAhead ? startCounting(connection.store, toCount, session, beside) : () => undefined;
  try {
    await sights.begin(met.unseen);
    await findAndSweep(session, connection, run, opened, tools);
    await processScopes(session, run, opened, tools);
    stopCounting();
    await throwAways.removed();
    sights.refuseIfNone();
    // No call can succeed any more. Objects in flight have no outcome and are left to a resumed run.
    lost.throwIfAborted();
    if (signal?.aborted) return { buckets: buckets(), end: "interrupted", message: null };
    await lookAtTheEnd(session, connection, opened, tools);
    return { buckets: buckets(), end: "complete", message: null };
  } catch (thrown) {
    await throwAways.removed().catch(() => undefined);
    await repeats.note();
    const words = (error: StoreError) => fatalWords(error, options, sights.at);
    return { buckets: buckets(), ...earlyEnd(thrown, { lost, signal, words, touched }) };
  } finally {
    stopCounting();
    await opened.close();
  }
}

/**
 * Reads the buckets, and cleans up what a killed session had begun in them. A bucket that cannot be seen now
 * is left to a later session.
 */
async function findAndSweep(
  session: Session,
  { store, storeTime }: Connection,
  run: RunRecord,
  { runFile, sights, throwAways, keyCheck }: OpenedRun,
  tools: RunTools,
): Promise<void> {
  const { options } = session;
  const { regions } = tools.met;
  const isDone = (scope: Scope) => isDoneBefore(session, scope);
  const beforeDefault = keyCheck?.beforeDefault;
  const found = { ...tools, storeTime, sights, regions, isDone, beforeDefault };
  await runFile.setBuckets(await findBuckets(options, store, run, found));
  await keyCheck?.note();
  const isThrowAway = (left: Unfinished) => [...left.intents, ...left.uploads].some(throwAways.has);
  const unfinished = session.unfinished.filter(({ intents, uploads }) =>
    [...intents, ...uploads].every((left) => isSeenIn(sights, left)),
  );
  const left = unfinished.filter((one) => !isThrowAway(one));
  await sweepLeft(store, left, { target: options.policy.target, capabilities: options.capabilities.values });
  const begun = session.throwAways.filter((one) => isSeenIn(sights, one));
  await sweepThrowAways(store, { begun, unfinished: unfinished.filter(isThrowAway) }, runFile);
}

function isSeenIn(sights: Sights, { bucket }: { readonly bucket: string }): boolean {
  return sights.seen().some((scope) => scope.bucket === bucket);
}

async function processScopes(session: Session, run: RunRecord, opened: OpenedRun, tools: RunTools): Promise<void> {
  const { context, sights, pool } = opened;
  const versions = { earlier: session.earlier, records: () => readJournal(session.runDir) };
  const progressOf = await finishReplays(session, context, (chain) => isSeenIn(sights, chain));
  for (const scope of run.scopes) {
    if (!sights.isSeen(scope)) continue;
    await sights.attempt([scope], async () => {
      const ofScope = scopeTools(session, opened, tools);
      await processScope(scope, progressOf(scope), context, ofScope);
      const cutting = session.options.queue === null ? ofScope.cutting : undefined;
      await lookAtVersions(scope, versions, context, { pool: pool.versions, cutting });
    });
    const isAfterAll = sights.isSeen(scope) && session.progressOf(scope).isUnseen && !context.signal?.aborted;
    if (isAfterAll) await sights.seenAfterAll(scope);
  }
}

const UNORDERED =
  "the store lists its keys in no order, so the listing was started again as a single one; objects that were done already were not processed again";

/** A fixed number of processes starts at once, even if the listing does not yet show enough work. */
const CUT_AT_ONCE: Cutting = { everyMs: 10, worth: 1 };

/** Workers that a run was given are there to be used, and a cut for one takes some requests. */
const CUT_FOR_QUEUE: Cutting = { everyMs: 50, worth: 50 };

/** Most objects of a baseline are only listed, so a cut has to save more requests than it takes. */
const CUT_BY_BASELINE: Cutting = { everyMs: 100, worth: 50_000 };

function scopeTools(
  { runDir, options }: Session,
  { context, runFile, pool }: OpenedRun,
  { files }: Pick<RunTools, "files">,
): ScopeTools {
  const { workers, queue } = options;
  const cutAtOnce = workers.isGiven && workers.count > 1 ? CUT_AT_ONCE : null;
  const ofFiles = files.baseline !== null && files.named === null ? CUT_BY_BASELINE : undefined;
  return {
    pool,
    cutting: queue === null ? (cutAtOnce ?? ofFiles) : CUT_FOR_QUEUE,
    readAgain: async (scope) => (await resumeState(() => readJournal(runDir), [scope])).get(scope) ?? NOT_STARTED,
    onUnordered: ({ bucket }) => {
      context.onEvent({ kind: "bucket-warning", bucket, warning: UNORDERED });
      return runFile.note(bucket, () => ({ warnings: [UNORDERED] }));
    },
  };
}

/** Looks again for changes by others, once all objects are done. */
async function lookAtTheEnd(
  { runDir }: Session,
  { store, storeTime }: Connection,
  { context, runFile, sights, repeats, forgetCopies }: OpenedRun,
  { files, signal }: RunTools,
): Promise<void> {
  forgetCopies();
  await repeats.note();
  const walk = openWalk(store, files.named, { signal });
  await lookAgain(sights.seen(), readJournal(runDir), { ...context, walk, runFile, storeTime });
}

/** Returns whether an earlier session saw the whole scope. */
export function isDoneBefore({ progressOf }: Pick<Session, "progressOf">, scope: Scope): boolean {
  const progress = progressOf(scope);
  return isEnded(progress) && !progress.isUnseen;
}

/** Runs with a baseline. If a sampled object contradicts it, the run starts over without one. */
export async function runScopesByBaseline(
  session: Session,
  connection: Connection,
  run: RunRecord,
  tools: RunTools,
): Promise<{ readonly run: RunRecord; readonly end: RunEnd }> {
  const { counts } = connection;
  const counted = (end: ScopesEnd) => ({ ...end, requests: { complete: counts.isWhole, sent: counts.all() } });
  try {
    return { run, end: counted(await runScopes(session, connection, run, tools)) };
  } catch (thrown) {
    if (!(thrown instanceof BaselineContradicted) || run.baseline === undefined) throw thrown;
    const { contradiction } = thrown;
    const dropped = { ...run, baseline: { ...run.baseline, dropped: contradiction } };
    // This order matters: after a kill in between, the record already says that the journal does not count.
    await writeRunRecord(session.runDir, dropped);
    await voidJournal(session.runDir);
    tools.onEvent({ kind: "baseline-dropped", contradiction });
    const withoutBaseline = { ...tools, files: { ...tools.files, baseline: null } };
    const afresh = { ...session, progressOf: () => NOT_STARTED };
    return {
      run: dropped,
      end: counted(await runScopes(afresh, connection, dropped, withoutBaseline)),
    };
  }
}

interface Circumstances {
  /** Aborted once no call can succeed any more. Its reason is the `StoreError` that said so. */
  readonly lost: AbortSignal;
  readonly signal: AbortSignal | undefined;
  /** The single message for a store's refusal. */
  readonly words: (error: StoreError) => string;
  /** The changes of the session to objects, now that nothing is in flight any more. */
  readonly touched: Pick<Touched, "words">;
}

interface EarlyEnd {
  readonly end: "interrupted" | "aborted";
  readonly message: string | null;
  /** Absent if the run was interrupted. */
  readonly because?: RunErrorBecause;
}

/** How a run ends after its work threw. A bug is thrown again. */
export function earlyEnd(thrown: unknown, { lost, signal, words, touched }: Circumstances): EarlyEnd {
  if (!(thrown instanceof RunError) && !(thrown instanceof StoreError)) throw thrown;
  // Later failures have this same cause.
  if (lost.aborted) return { end: "aborted", message: words(lost.reason), because: "store" };
  if (thrown instanceof RunError) {
    const { because } = thrown;
    const message = because === "canary" ? `${thrown.message}; ${touched.words()}` : thrown.message;
    return { end: "aborted", message, because };
  }
  // A listing that the interruption kept from a retry has not failed permanently.
  if (signal?.aborted) return { end: "interrupted", message: null };
  return { end: "aborted", message: words(thrown), because: "store" };
}
