import { setMaxListeners } from "node:events";
import type { OnEvent } from "../journal/events.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Room } from "../object/room.js";
import type { ListObjectsInput, ListObjectsPage, ObjectStore } from "../store/object-store.js";
import type { Operation } from "../store/operations.js";
import { watchLoopStalls } from "../store/pace/adaptive-rate.js";
import { retryBudget, systemClock } from "../store/pace/token-bucket.js";
import { type OwnedTurns, rateLimitedStore, type TurnsByAccess, turnsWithin } from "../store/rate-limited-store.js";
import { abandonedAfter, explainingStore, readOnlyStore } from "../store/refusing-store.js";
import { renewingStore, retryingStore } from "../store/retrying-store.js";
import { StoreError } from "../store/store-error.js";
import type { RequestCounts } from "../store/transport/request.js";
import { openRooms } from "./adaptive-room.js";
import { type LinkOptions, openLinks } from "./links.js";

interface ConnectOptions extends LinkOptions {
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly readOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  /** The turns of another process, whose limits hold for this one too. @default the limits above */
  readonly turns?: TurnsByAccess;
}

const MAX_ATTEMPTS = 10;
/** A wrong endpoint or host name fails the first call, and more attempts do not help. */
const MAX_ATTEMPTS_AT_FIRST = 2;
/** How long calls in flight may take after an interruption. Test objects are deleted meanwhile. */
const GRACE_MS = 1500;
const GRACE_OF_CANARY_MS = 10_000;
/** A canary that fails permanently should do so within seconds. */
const MAX_ATTEMPTS_OF_CANARY = 6;

export interface Connection {
  readonly store: ObjectStore;
  /** The same store with fewer attempts, for the first look at a bucket. */
  readonly firstContact: ObjectStore;
  /**
   * Sends all later calls to the region of the bucket, after another region refused a call. Resolves with a
   * store like `firstContact`, except that its refusals end nothing. `null` if the provider is not asked for
   * regions or does not reveal them.
   */
  readonly follow: (bucket: string, refusal: StoreError) => Promise<FollowedTo | null>;
  /** The same store, for test objects. */
  readonly canaryStore: ObjectStore;
  /** The caller's access key ID, which is no secret; `null` if there are no credentials. */
  readonly accessKeyId: () => Promise<string | null>;
  /** The store's time, once it has answered. */
  readonly storeTime: () => Date;
  /** Aborted once no call can succeed any more. Its reason is the `StoreError` that explains it. */
  readonly lost: AbortSignal;
  /** Aborts `lost`: another process of the run found it out. */
  readonly lose: (error: StoreError) => void;
  /** The turns of this connection, for other processes of the run. */
  readonly turns: TurnsByAccess<OwnedTurns>;
  /** Sends all later calls for this bucket to that region. */
  readonly place: (bucket: string, region: string) => void;
  /** A room for as many objects in flight as the store and this process can do, up to `concurrency`. */
  readonly openRoom: (atFirst?: number) => Room;
  /** The requests that were sent, those of the run's other processes too. */
  readonly counts: RequestCounts;
  /** Closes every connection. */
  close(): void;
}

interface FollowedTo {
  readonly region: string;
  readonly contact: ObjectStore;
}

/**
 * Connects to the store of a run through the SDK and the lean calls, rate-limited, retried and read-only if
 * requested. Retries wrap the rate limiter, so every attempt is rate-limited.
 */
export function connect(options: ConnectOptions): Connection {
  const links = openLinks(options);
  const lost = new AbortController();
  const signal = eitherSignal(options.signal, lost.signal);
  const onRetry = (operation: Operation, error: StoreError) =>
    options.onEvent({ kind: "retry", operation, code: error.facts.code });
  const { access, turns, openRoom, close: closeAccess } = accessWithin(options, links.store, signal);
  const renewal = { renew: links.renew, signal, onRetry };
  const renewing = renewingStore(access, { ...renewal, onLost: (error) => lost.abort(error) });
  const budget = retryBudget(systemClock);
  const retrying = (maxAttempts: number, over = renewing) =>
    retryingStore(over, { maxAttempts, budget, signal, onRetry });
  const firstContact = retrying(MAX_ATTEMPTS_AT_FIRST);
  const { abandoning, close } = abandonedAfter(options.signal, GRACE_MS);
  const contact = abandoning(retrying(MAX_ATTEMPTS_AT_FIRST, renewingStore(access, renewal)));
  return {
    store: abandoning(retrying(MAX_ATTEMPTS)),
    firstContact: abandoning(firstContact),
    follow: async (bucket, refusal) => {
      const region = options.provider.id === "aws" ? await regionOf(bucket, refusal, firstContact) : null;
      if (region === null || region === options.region || !links.place(bucket, region)) return null;
      return { region, contact };
    },
    canaryStore: abandoning(retrying(MAX_ATTEMPTS_OF_CANARY), GRACE_OF_CANARY_MS),
    accessKeyId: links.home.accessKeyId,
    storeTime: links.home.clock.now,
    lost: lost.signal,
    lose: (error) => lost.abort(error),
    turns,
    place: links.place,
    openRoom,
    counts: links.counts,
    close: () => {
      close();
      closeAccess();
      links.close();
    },
  };
}

/** Adds the rate limits to the store and makes it read-only if requested. */
function accessWithin(options: ConnectOptions, store: ObjectStore, signal: AbortSignal) {
  const turns = turnsWithin(options, { onRate: (change) => options.onEvent({ kind: "rate", ...change }) });
  const taken = options.turns ?? turns;
  const stalls = watchLoopStalls();
  const { onLook, open: openRoom, close: closeRooms } = openRooms(options.concurrency, taken);
  const limited = rateLimitedStore(store, options, { signal, turns: taken, stalls, onLook });
  return {
    access: explainingStore(options.readOnly ? readOnlyStore(limited) : limited),
    turns,
    openRoom,
    close: () => {
      stalls.close();
      closeRooms();
    },
  };
}

/** Every waiting call listens to this signal. */
function eitherSignal(given: AbortSignal | undefined, lost: AbortSignal): AbortSignal {
  const signal = given ? AbortSignal.any([given, lost]) : lost;
  setMaxListeners(0, signal);
  return signal;
}

/** The region that the refusal names, else the one that HeadBucket returns. */
async function regionOf(bucket: string, { facts }: StoreError, store: ObjectStore): Promise<string | null> {
  if (facts.region !== undefined) return facts.region;
  try {
    return await store.getBucketRegion({ bucket });
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** A listing becomes outdated, so an older page is requested again. */
const MAX_AGE_MS = 60_000;

interface RunConnectOptions extends Omit<ConnectOptions, "readOnly"> {
  readonly dryRun: boolean;
}

/** Connects as the command allows. */
export function connectRun(command: RunRecord["command"], { dryRun, ...options }: RunConnectOptions): Connection {
  const connection = connect({ ...options, readOnly: command === "audit" || dryRun });
  return command === "audit" ? keepFirstPage(connection) : connection;
}

/**
 * Reuses the first page of the first bucket as the first page of its walk. This saves a call for callers that
 * may only read.
 */
function keepFirstPage(connection: Connection): Connection {
  let kept: { readonly of: ListObjectsInput; readonly page: ListObjectsPage; readonly atMs: number } | null = null;
  let isMet = false;
  const meet = async (input: ListObjectsInput) => {
    const page = await connection.firstContact.listObjects(input);
    if (!isMet) kept = { of: input, page, atMs: performance.now() };
    isMet = true;
    return page;
  };
  const list = async (input: ListObjectsInput) => {
    if (kept === null || !isFirstPageOf(input, kept.of)) return connection.store.listObjects(input);
    const { page, atMs } = kept;
    kept = null;
    return performance.now() - atMs <= MAX_AGE_MS ? page : connection.store.listObjects(input);
  };
  return {
    ...connection,
    firstContact: withListing(connection.firstContact, meet),
    store: withListing(connection.store, list),
  };
}

function isFirstPageOf(input: ListObjectsInput, of: ListObjectsInput): boolean {
  const isFirst = input.startAfter === undefined && input.continuationToken === undefined;
  return isFirst && input.bucket === of.bucket && input.prefix === of.prefix;
}

function withListing(store: ObjectStore, listObjects: ObjectStore["listObjects"]): ObjectStore {
  return { ...store, listObjects };
}
