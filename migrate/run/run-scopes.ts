import { voidJournal } from "../compare/baseline.js";
import { walkOf } from "../compare/named-walk.js";
import { BaselineContradicted } from "../compare/sample.js";
import { RunError, type RunErrorBecause } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import { openInFlight } from "../journal/in-flight.js";
import { openJournal } from "../journal/journal-writer.js";
import { NOT_STARTED, type Unfinished } from "../journal/resume.js";
import { openRunFile, writeRunRecord } from "../journal/run-folder.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { objectFilter } from "../list/object-filter.js";
import type { Scope } from "../model/scope.js";
import { StoreError } from "../store/store-error.js";
import { finishReplays } from "../versions/finish-replays.js";
import { lookAtVersions } from "../versions/look-at-versions.js";
import { lookForArrivals } from "./arrivals.js";
import { readBucketsAgain } from "./bucket-settings.js";
import { buildRoad, type GivenFiles, knownOf } from "./build-context.js";
import { openThrowAways, sweepLeft, sweepThrowAways } from "./clean-up.js";
import { createRepeats } from "./confirm-run.js";
import type { Connection } from "./connect.js";
import { countAhead } from "./count-ahead.js";
import { fatalWords, findBuckets, type Met } from "./find-buckets.js";
import { processOf, processScope } from "./process-scope.js";
import type { Session } from "./session.js";
import { nameOf, Sights } from "./sights.js";
import type { Touched } from "./touched.js";

interface RoadTools {
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly now: () => Date;
  readonly files: GivenFiles;
  readonly met: Pick<Met, "unseen" | "regions">;
  /** Ends counting ahead; aborted from the beginning where nothing is to be counted. */
  readonly counting: AbortSignal;
}

export interface RunEnd {
  readonly buckets: BucketFindings[];
  readonly end: "complete" | "interrupted" | "aborted";
  readonly message: string | null;
  /** Of one that was aborted. */
  readonly because?: RunErrorBecause;
}

/** Buckets first, then their objects. What the store refuses for good ends the run, and is told; a bug is thrown on. */
async function takeRoad(session: Session, connection: Connection, run: RunRecord, tools: RoadTools): Promise<RunEnd> {
  const { options } = session;
  const { store, lost, storeTime } = connection;
  const journal = await openJournal(session.runDir);
  const inFlight = await openInFlight(session.runDir);
  const runFile = openRunFile(session.runDir, run);
  const throwAways = openThrowAways(journal, session.throwAways, tools.now);
  const { road, canaries, touched } = buildRoad(session, connection, run.scopes, {
    ...tools,
    journal,
    inFlight,
    runFile,
    throwAways,
    runStartedAt: new Date(run.sessions[0]?.startedAt ?? tools.now()),
  });
  const buckets = () =>
    runFile.current().buckets.map((found) => ({ ...found, canary: canaries.foundIn(found.bucket) ?? found.canary }));
  const context = { ...tools, journal, inFlight, isThrowAway: throwAways.has, concurrency: options.concurrency };
  const { regions, unseen } = tools.met;
  const sightTools = { options, regions, journal, onEvent: tools.onEvent, now: tools.now };
  const sights = new Sights(run.scopes, { ...sightTools, signals: [lost, tools.signal] });
  const isMet = ({ bucket, prefix }: Scope) => !unseen.has(nameOf({ bucket, prefix }));
  void countAhead(store, run.scopes.filter(isMet), session, { ...context, signal: tools.counting });
  const bucketOf = (bucket: string) => runFile.current().buckets.find((found) => found.bucket === bucket);
  const { now, files, signal } = tools;
  const known = knownOf(files, { command: session.command, scopes: run.scopes, store, signal, now, bucketOf });
  const repeats = createRepeats(runFile, tools.onEvent);
  const walk = walkOf(store, files.named, { signal, onRepeated: repeats.add });
  try {
    await sights.begin(unseen);
    const isDone = (scope: Scope) => isDoneBefore(session, scope);
    await runFile.setBuckets(await findBuckets(options, store, run, { ...tools, storeTime, sights, regions, isDone }));
    const { target } = options.policy;
    const isThrowAway = (left: Unfinished) => [...left.intents, ...left.uploads].some(throwAways.has);
    // What cannot be seen now is left to a later session.
    const isSeen = ({ bucket }: { readonly bucket: string }) => sights.seen().some((scope) => scope.bucket === bucket);
    const unfinished = session.unfinished.filter(({ intents, uploads }) => [...intents, ...uploads].every(isSeen));
    const [thrownAway, left] = [true, false].map((is) => unfinished.filter((one) => isThrowAway(one) === is));
    await sweepLeft(store, left ?? [], { target, capabilities: options.capabilities.values });
    const begun = session.throwAways.filter(isSeen);
    await sweepThrowAways(store, { begun, unfinished: thrownAway ?? [] }, runFile);
    const isInScope = objectFilter(options.filters);
    const onAnyRoad = { ...road, buckets: runFile.current().buckets };
    const progressOf = await finishReplays(session, { ...context, road: onAnyRoad, isSeen });
    for (const scope of run.scopes) {
      if (!sights.isSeen(scope)) continue;
      const onRoad = { ...road, buckets: runFile.current().buckets };
      const alone = { ...context, ...processOf(options, road, journal), road: onRoad, isInScope, walk, known };
      await sights.attempt([scope], async () => {
        await processScope(scope, progressOf(scope), alone);
        await lookAtVersions(scope, session, { ...context, road: onRoad, isInScope, walk, known });
      });
      const isAfterAll = sights.isSeen(scope) && session.progressOf(scope).isUnseen && !tools.signal?.aborted;
      if (isAfterAll) await sights.seenAfterAll(scope);
    }
    sights.refuseIfNone();
    // It stopped because nothing can succeed any more; what was in flight has no outcome, and is left to a resumed run.
    lost.throwIfAborted();
    const end = tools.signal?.aborted ? "interrupted" : "complete";
    if (end === "complete") {
      inFlight.forget();
      await repeats.note();
      const read = await readBucketsAgain(store, runFile.current(), storeTime);
      await runFile.setBuckets(read);
      const again = { runDir: session.runDir, road, journal, walk: walkOf(store, files.named, { signal }), isInScope };
      await lookForArrivals(sights.seen(), read, { ...again, isThrowAway: throwAways.has });
    }
    return { buckets: buckets(), end, message: null };
  } catch (thrown) {
    await repeats.note();
    const words = (error: StoreError) => fatalWords(error, options, sights.at);
    return { buckets: buckets(), ...earlyEnd(thrown, { lost, signal: tools.signal, words, touched }) };
  } finally {
    await known.close();
    await journal.close();
    await inFlight.close();
  }
}

/** Whether an earlier session saw all of it. */
export function isDoneBefore({ progressOf }: Pick<Session, "progressOf">, scope: Scope): boolean {
  const { end, isUnseen } = progressOf(scope);
  return end && !isUnseen;
}

/** Takes the road by a baseline, and from its beginning without one where a sampled object contradicts it. */
export async function takeRoadByBaseline(
  session: Session,
  connection: Connection,
  run: RunRecord,
  tools: RoadTools,
): Promise<{ readonly run: RunRecord; readonly end: RunEnd }> {
  try {
    return { run, end: await takeRoad(session, connection, run, tools) };
  } catch (thrown) {
    if (!(thrown instanceof BaselineContradicted) || run.baseline === undefined) throw thrown;
    const { contradiction } = thrown;
    const dropped = { ...run, baseline: { ...run.baseline, dropped: contradiction } };
    // In this order: after a kill in between it is known that what the journal holds does not count.
    await writeRunRecord(session.runDir, dropped);
    await voidJournal(session.runDir);
    tools.onEvent({ kind: "baseline-dropped", contradiction });
    const afresh = { ...session, progressOf: () => NOT_STARTED };
    return {
      run: dropped,
      end: await takeRoad(afresh, connection, dropped, { ...tools, files: { ...tools.files, baseline: null } }),
    };
  }
}

interface Circumstances {
  /** Aborted once no call could succeed any more, with the `StoreError` that said so as its reason. */
  readonly lost: AbortSignal;
  readonly signal: AbortSignal | undefined;
  /** The one message of a store's refusal. */
  readonly words: (error: StoreError) => string;
  /** What the session did to objects, now that nothing is in flight any more. */
  readonly touched: Pick<Touched, "words">;
}

interface EarlyEnd {
  readonly end: "interrupted" | "aborted";
  readonly message: string | null;
  /** Absent where it was interrupted. */
  readonly because?: RunErrorBecause;
}

/** How a run ends whose work threw. A bug is thrown on. */
export function earlyEnd(thrown: unknown, { lost, signal, words, touched }: Circumstances): EarlyEnd {
  if (!(thrown instanceof RunError) && !(thrown instanceof StoreError)) throw thrown;
  // What failed afterwards failed for that.
  if (lost.aborted) return { end: "aborted", message: words(lost.reason), because: "store" };
  if (thrown instanceof RunError) {
    const { because } = thrown;
    const message = because === "canary" ? `${thrown.message}; ${touched.words()}` : thrown.message;
    return { end: "aborted", message, because };
  }
  // A listing that was not tried again because of the interruption has not failed for good.
  if (signal?.aborted) return { end: "interrupted", message: null };
  return { end: "aborted", message: words(thrown), because: "store" };
}
