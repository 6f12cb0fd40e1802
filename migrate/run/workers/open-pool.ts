import { isDeepStrictEqual } from "node:util";
import { RunError, TOOL_VERSION } from "../../errors.js";
import type { OnEvent } from "../../journal/events.js";
import type { InFlight } from "../../journal/in-flight.js";
import type { JournalRecord, OutcomeRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import type { ListingTools } from "../../list/list-objects.js";
import type { Capabilities } from "../../model/capabilities.js";
import { placeIn } from "../../model/key-range.js";
import type { Place, RunContext } from "../../object/context.js";
import type { GivenOptions } from "../../options/run-options.js";
import type { StoreError } from "../../store/store-error.js";
import type { GivenFiles, Touched } from "../build-context.js";
import type { BucketAccess } from "../check-access.js";
import { sweepLeft, type ThrowAways } from "../clean-up.js";
import type { Connection } from "../connect.js";
import { type RangeRecords, type RangeWork, runRange } from "../process-range.js";
import { customerKeysOf, type Session } from "../session.js";
import { fromSent } from "./channel.js";
import { RemoteRange } from "./remote-range.js";
import type { KnownOfBucket, OwnerCalls, WorkerFacts, WorkerStart } from "./worker-calls.js";
import { WorkerPool } from "./worker-pool.js";

export interface Owner {
  readonly session: Session;
  readonly connection: Connection;
  readonly run: RunRecord;
  readonly context: RunContext;
  readonly inFlight: InFlight;
  readonly touched: Pick<Touched, "add">;
  readonly throwAways: Pick<ThrowAways, "all">;
  readonly met: Pick<BucketAccess, "regions">;
  readonly files: Pick<GivenFiles, "named" | "baseline">;
  readonly repeats: { readonly add: NonNullable<ListingTools["onRepeated"]> };
  readonly onEvent: OnEvent;
}

/** The processes of a run. */
export function openPool(owner: Owner): WorkerPool {
  const { context, touched, onEvent } = owner;
  const pool: WorkerPool = new WorkerPool({
    workers: workersFor(owner),
    room: context.room,
    start: (concurrency) => startOf(owner, concurrency),
    check: (facts) => checkFacts(owner, facts),
    calls: callsOf(owner, (access, isLimited) => pool.tell("limited", { access, isLimited })),
    remote: (work, records) => remoteRange(owner, work, records),
    write: (range, record) => write(owner, range, record),
    begin: async (range, copy) => {
      range.began(copy);
      await context.inFlight.begin(copy);
    },
    onState: ({ sizes, touched: counts }) => {
      touched.add(counts);
      for (const sizeBytes of sizes) onEvent({ kind: "listed", sizeBytes });
    },
    recover: (range) => sweepLeft(context.store, range.takeLeft(), targetOf(owner)),
    onReplaced: (why) => onEvent({ kind: "worker-replaced", why }),
    runHere: (work, records) => runRange(work, context, records),
    signal: context.signal,
  });
  return pool;
}

/** A run that reads a file in step with its listing, or re-creates the history of an object, is of one process. */
function workersFor({ session: { options }, files: { named, baseline } }: Owner): number {
  return named !== null || baseline !== null || options.versions === "replay"
    ? 1
    : Math.min(options.workers.count, options.concurrency);
}

function targetOf({ session: { options } }: Owner) {
  return { target: options.policy.target, capabilities: options.capabilities.values };
}

function remoteRange({ context, inFlight }: Owner, work: RangeWork, records: RangeRecords): RemoteRange {
  const { bucket } = work.scope;
  const isHere = ({ facts }: { readonly facts: Place }) =>
    facts.bucket === bucket && placeIn(work.progress.range, facts.key) === "inside";
  return new RemoteRange(work, records, {
    settings: context.settingsOf(bucket) ?? null,
    earlier: inFlight.allEarlier().filter(isHere),
  });
}

async function write({ context }: Owner, range: RemoteRange, record: JournalRecord): Promise<void> {
  await context.journal.append(record);
  if (record.kind === "outcome") context.inFlight.settle(record);
  range.wrote(record);
  if (record.kind === "outcome") range.records.onOutcome(record, !isOfListing(record));
}

const OF_LISTING: ReadonlySet<string> = new Set(["unreadable-key", "unreadable-size", "unreadable-date"]);

/** Whether the listing alone decided the outcome, without a question to the store. */
function isOfListing({ outcome }: OutcomeRecord): boolean {
  return outcome.kind === "failed" && OF_LISTING.has(outcome.reason);
}

/** The options that a worker resolves again. What concerns the run folder and its reports stays with the owner. */
const OF_OWNER: ReadonlySet<string> = new Set([
  "out",
  "resume",
  "targets",
  "allBuckets",
  "sign",
  "signPassphraseFile",
  "signPassphrase",
  "formats",
  "ocsf",
  "publicKey",
  "signal",
  "onEvent",
  "confirm",
  "countAhead",
  "workers",
]);

function startOf({ session, run, throwAways, met, connection }: Owner, concurrency: number): WorkerStart {
  const { command, given, options } = session;
  const kept = Object.entries(given).filter(([name]) => !OF_OWNER.has(name));
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
    given: { ...Object.fromEntries(kept), ...place },
    toolVersion: TOOL_VERSION,
    runStartedAt: run.sessions[0]?.startedAt ?? "",
    regions: [...met.regions],
    testObjects: throwAways.all().map(({ bucket, key }) => ({ bucket, key })),
    concurrency,
    limited: { read: read.isLimited, write: write.isLimited },
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

type OwnCalls = Omit<OwnerCalls, "append" | "begin" | "state" | "ended">;

function callsOf(owner: Owner, onLimited: (access: "read" | "write", isLimited: boolean) => void): OwnCalls {
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
    settled: ({ access, sentAt, answered, refused, isFree }) => {
      const owned = turns[access];
      const at = sentAt - performance.timeOrigin;
      if (isFree) owned.sent(answered + refused);
      const was = owned.isLimited;
      for (let nth = 0; nth < refused; nth += 1) owned.settled(at, "refused");
      for (let nth = 0; nth < answered; nth += 1) owned.settled(at, "answered");
      if (owned.isLimited !== was || isFree === owned.isLimited) onLimited(access, owned.isLimited);
    },
    event: onEvent,
    repeated: repeats.add,
    lost: (error) => connection.lose(fromSent(error) as StoreError),
  };
}
