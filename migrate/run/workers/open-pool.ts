import { isDeepStrictEqual } from "node:util";
import { NO_FACTS, shareFacts } from "../../compare/known.js";
import { RunError, TOOL_VERSION } from "../../errors.js";
import type { OnEvent } from "../../journal/events.js";
import type { InFlight } from "../../journal/in-flight.js";
import type { JournalRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import type { ListingTools } from "../../list/list-objects.js";
import type { Capabilities } from "../../model/capabilities.js";
import { placeIn } from "../../model/key-range.js";
import type { Place, RunContext } from "../../object/context.js";
import { isOfListing } from "../../object/object-result.js";
import type { RangeRecords } from "../../object/room.js";
import type { QueueAddress } from "../../options/queue-address.js";
import type { GivenOptions } from "../../options/run-options.js";
import { requests } from "../../store/operations.js";
import { pause, systemClock } from "../../store/pace/token-bucket.js";
import type { StoreError } from "../../store/store-error.js";
import type { RemovalsOfRun } from "../../versions/removal-guard.js";
import { settleRemovals } from "../../versions/remove-version.js";
import { finishChains } from "../../versions/resume-versions.js";
import { AT_FIRST, createBusyCheck } from "../adaptive-room.js";
import type { GivenFiles, Touched } from "../build-context.js";
import type { BucketAccess } from "../check-access.js";
import { sweepLeft, type ThrowAways } from "../clean-up.js";
import type { Connection } from "../connect.js";
import { fatalWords } from "../describe-fatal.js";
import { poolHere, runWork, type Work } from "../process-range.js";
import type { OfPool } from "../queue/queue-pool.js";
import { customerKeysOf, type Session, workersFor } from "../session.js";
import { nameOf } from "../sights.js";
import { fromSent } from "./channel.js";
import { RemoteRange } from "./remote-range.js";
import {
  fingerprintOf,
  type KnownOfBucket,
  OF_MACHINE,
  OF_OWNER,
  type WorkerFacts,
  type WorkerStart,
} from "./worker-calls.js";
import { type InFlightShare, type Pool, WorkerPool } from "./worker-pool.js";

export interface Owner {
  readonly session: Session;
  readonly connection: Connection;
  readonly run: RunRecord;
  readonly context: RunContext;
  readonly removals: RemovalsOfRun;
  readonly inFlight: InFlight;
  readonly touched: Pick<Touched, "add">;
  readonly throwAways: Pick<ThrowAways, "all">;
  readonly met: Pick<BucketAccess, "regions" | "unseen">;
  readonly files: Pick<GivenFiles, "named" | "baseline">;
  readonly repeats: { readonly add: NonNullable<ListingTools["onRepeated"]> };
  readonly onEvent: OnEvent;
}

/** The workers of a run: those of its queue, or processes of this machine. */
export async function openPool(owner: Owner): Promise<Pool> {
  const opened: { pool?: Pool } = {};
  const tools = toolsOf(owner, (access, isLimited) => opened.pool?.tell("limited", { access, isLimited }));
  owner.removals.onStopped(() => opened.pool?.tell("removalsStopped", null));
  const { queue } = owner.session.options;
  opened.pool = queue === null ? openProcesses(owner, tools) : await openQueue(owner, tools, queue);
  return opened.pool;
}

function toolsOf(owner: Owner, onLimited: (access: "read" | "write", isLimited: boolean) => void): OfPool {
  const { context, touched, onEvent, connection } = owner;
  const { counts } = connection;
  return {
    calls: callsOf(owner, onLimited),
    remote: (work, records) => remoteRange(owner, work, records),
    write: (range, record) => write(owner, range, record),
    begin: async (range, copy) => {
      range.began(copy);
      await context.inFlight.begin(copy);
    },
    onState: ({ sizes, versionSizes, touched: changes, requests: sent }) => {
      touched.add(changes);
      for (const [name, times] of Object.entries(sent)) counts.add(name, times);
      for (const sizeBytes of sizes) onEvent({ kind: "listed", sizeBytes });
      for (const sizeBytes of versionSizes) onEvent({ kind: "version-listed", sizeBytes });
    },
    counts,
    recover: (range) => recover(owner, range),
    signal: context.signal,
  };
}

function openProcesses(owner: Owner, tools: OfPool): Pool {
  const { context, onEvent } = owner;
  let facts = NO_FACTS;
  return new WorkerPool({
    ...tools,
    openRemovals: () => owner.removals.open(),
    workers: workersFor(owner.session.options, owner.files),
    helpers: owner.session.options.workers.isGiven ? undefined : helpersIfBusy(),
    room: context.room,
    prepare: async () => {
      facts = await shareFacts(owner.files);
    },
    start: (inFlight) => ({ ...startOf(owner, inFlight), facts }),
    check: (facts) => checkFacts(owner, facts),
    onReplaced: (why) => onEvent({ kind: "worker-replaced", why }),
    runHere: (work, records) => runWork(work, context, records),
  });
}

/** Connects to Redis, which a run without a queue does not load the packages for. */
async function openQueue(owner: Owner, tools: OfPool, queue: QueueAddress): Promise<Pool> {
  const { session, run, met, onEvent } = owner;
  const [{ QueuePool }, { openEngine }] = await Promise.all([
    import("../queue/queue-pool.js"),
    import("../queue/redis.js"),
  ]);
  const { options } = session;
  const { concurrency } = options;
  const reach = run.scopes.filter(({ bucket, prefix }) => !met.unseen.has(nameOf({ bucket, prefix })));
  return QueuePool.open({
    ...tools,
    versions: poolHere(owner.context),
    engine: await openEngine(queue),
    run,
    start: () => ({ ...startOf(owner, { concurrency, atFirst: Math.min(concurrency, AT_FIRST) }, OF_MACHINE), reach }),
    check: (facts, sentAt) => checkWorker(owner, facts, sentAt),
    words: (error) => fatalWords(error, options, null),
    onEvent,
  });
}

/** A process needs as much CPU time to begin as thousands of objects, so another one helps only where there are many. */
const HELP_AFTER_MS = 2000;

/** How many other processes help: one more whenever the CPU of this one was the limit for so long. */
function helpersIfBusy(): () => number {
  let helpers = 0;
  let isNeeded = createBusyCheck(HELP_AFTER_MS);
  return () => {
    if (isNeeded()) [helpers, isNeeded] = [helpers + 1, createBusyCheck(HELP_AFTER_MS)];
    return helpers;
  };
}

function targetOf({ session: { options } }: Owner) {
  return { target: options.policy.target, capabilities: options.capabilities.values };
}

function remoteRange({ context, inFlight }: Owner, work: Work, records: RangeRecords): RemoteRange {
  const { bucket } = work.scope;
  const isHere = ({ facts }: { readonly facts: Place }) =>
    work.kind === "objects" && facts.bucket === bucket && placeIn(work.progress.range, facts.key) === "inside";
  return new RemoteRange(work, records, {
    settings: context.settingsOf(bucket) ?? null,
    earlier: inFlight.allEarlier().filter(isHere),
  });
}

/** A request of a process that ended may still be on its way, and one for a delete marker has no condition. */
const LATE_MS = 2000;

/** Completes, or undoes, what the worker of a range had begun when it ended. */
async function recover(owner: Owner, range: RemoteRange): Promise<void> {
  const { context } = owner;
  const { unfinished, chains, removals } = range.takeLeft();
  await sweepLeft(context.store, unfinished, targetOf(owner));
  if (chains.length + removals.length === 0) return;
  await pause(LATE_MS, systemClock, context.signal);
  const put = (record: JournalRecord) => write(owner, range, record);
  await finishChains(chains, context, put);
  await settleRemovals({ done: new Map(), removals }, context, put);
}

async function write({ context }: Owner, range: RemoteRange, record: JournalRecord): Promise<void> {
  await context.journal.append(record);
  if (record.kind === "outcome") context.inFlight.settle(record);
  range.wrote(record);
  if (record.kind === "outcome" || record.kind === "version") range.records.onResult(record, !isOfListing(record));
}

function startOf(
  { session, run, throwAways, met, connection, removals }: Owner,
  inFlight: InFlightShare,
  kept: ReadonlySet<string> = new Set(),
): WorkerStart {
  const { command, given, options } = session;
  const sent = Object.entries(given).filter(([name]) => !OF_OWNER.has(name) && !kept.has(name));
  const place: GivenOptions = {
    provider: options.provider.id,
    endpoint: options.endpoint,
    region: options.region,
    pathStyle: options.pathStyle,
    locations: run.scopes.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
  };
  const { read, write } = connection.turns;
  return {
    command,
    given: { ...Object.fromEntries(sent), ...place },
    toolVersion: TOOL_VERSION,
    runStartedAt: run.sessions[0]?.startedAt ?? "",
    scopes: run.scopes,
    facts: NO_FACTS,
    regions: [...met.regions],
    testObjects: throwAways.all().map(({ bucket, key }) => ({ bucket, key })),
    ...inFlight,
    limited: { read: read.isLimited, write: write.isLimited },
    removalsStopped: removals.isStopped,
    reach: [],
    tellsRequests: requests.hasSubscribers && kept !== OF_MACHINE,
  };
}

function checkFacts({ session, run }: Owner, { accessKeyId, customerKeys }: WorkerFacts): void {
  const { customerKeys: own = null } = customerKeysOf(session.options);
  if (!isDeepStrictEqual(customerKeys, own)) {
    throw new RunError(
      "a worker process read other customer keys than this process: restore the key files, then continue with --resume",
    );
  }
  if (accessKeyId === null && run.accessKeyId !== null) {
    throw new RunError(
      "a worker process found no credentials: give them in the environment or in a profile, or give --workers 1",
    );
  }
}

/** More than this would make what workers and this process learn at the same time disagree. */
const MOST_CLOCK_SKEW_MS = 30_000;

/** Refuses a worker of another machine that is somebody else, or would see or do something else. */
function checkWorker({ session: { options }, run }: Owner, facts: WorkerFacts, sentAt: number): void {
  const { accessKeyId, customerKeys, capabilities, at } = facts;
  const { customerKeys: own = null } = customerKeysOf(options);
  const refuse = (why: string) => {
    throw new RunError(why);
  };
  if (!isDeepStrictEqual(customerKeys, own)) {
    refuse("it has other customer keys than the run: start it with the same --ssec-key-file and --to-key-file");
  }
  if (accessKeyId === null && run.accessKeyId !== null) {
    refuse("it found no credentials: give it those of the run, in its environment or with --profile");
  }
  if (!isSameCaller(accessKeyId, run.accessKeyId)) {
    refuse(
      `it acts as access key ${accessKeyId}, and the run as ${run.accessKeyId}: start it with the same credentials`,
    );
  }
  if (capabilities !== fingerprintOf(options.capabilities.values)) {
    refuse("it has another description of this store: install the same package on every machine");
  }
  const skew = at < sentAt ? at - sentAt : Math.max(0, at - Date.now());
  if (Math.abs(skew) > MOST_CLOCK_SKEW_MS) {
    const words = `${Math.round(Math.abs(skew) / 1000)} s ${skew < 0 ? "behind" : "ahead"}`;
    refuse(`its clock is ${words}: set the clocks of both machines, for example with NTP`);
  }
}

/** Two machines get two temporary keys for one role, and nothing in them says whose they are. */
function isSameCaller(one: string | null, other: string | null): boolean {
  return one === other || [one, other].some((id) => id?.startsWith("ASIA"));
}

function callsOf(owner: Owner, onLimited: (access: "read" | "write", isLimited: boolean) => void): OfPool["calls"] {
  const { session, connection, context, repeats, onEvent } = owner;
  const { turns } = connection;
  const { kmsKey } = session.options.policy.target;
  const { entries } = session.options.keys;
  const known = (bucket: string, capabilities: Capabilities | null): KnownOfBucket => ({
    capabilities,
    kmsKey: kmsKey?.shownIn(bucket) ?? null,
  });
  return {
    capabilitiesOf: async (bucket) => known(bucket, await context.capabilitiesOf(bucket)),
    beforeCopy: async ({ bucket, strategy, sourceKey }) => {
      const key = entries.find(({ key: { md5 } }) => md5 === sourceKey)?.key ?? null;
      return known(bucket, await context.beforeCopy(bucket, strategy, key));
    },
    stopWay: async ({ bucket, way, lost }) => context.stopWay?.(bucket, way, lost),
    turns: ({ access, count }) => turns[access].passMany(count, context.signal),
    settled: ({ access, sentAt, isFree, ...counts }) => {
      const owned = turns[access];
      const at = sentAt - performance.timeOrigin;
      if (isFree) owned.sent(counts.answered + counts.refused + counts.broken);
      const was = owned.isLimited;
      for (const as of ["refused", "broken", "answered"] as const) {
        for (let nth = 0; nth < counts[as]; nth += 1) owned.settled(at, as);
      }
      if (owned.isLimited !== was || isFree === owned.isLimited) onLimited(access, owned.isLimited);
    },
    // The workers of a queue remove no versions.
    takeRemoval: async () => "stopped",
    removalDone: () => undefined,
    event: onEvent,
    request: (request) => requests.publish(request),
    repeated: repeats.add,
    lost: (error) => connection.lose(fromSent(error) as StoreError),
  };
}
