import { setMaxListeners } from "node:events";
import { endpointInRegion, type ProviderProfile } from "../../providers/index.js";
import type { OnEvent } from "../journal/events.js";
import type { RunRecord } from "../journal/run-record.js";
import { type LeanStore, leanStore } from "../store/lean/lean-store.js";
import type { ListObjectsInput, ListObjectsPage, ObjectStore, RequestHeaders } from "../store/object-store.js";
import { OPERATIONS, type Operation } from "../store/operations.js";
import { retryBudget, systemClock } from "../store/pace/token-bucket.js";
import { type OwnedTurns, rateLimitedStore, type TurnsByAccess, turnsWithin } from "../store/rate-limited-store.js";
import { abandonedAfter, readOnlyStore } from "../store/refusing-store.js";
import { explainingStore, renewingStore, retryingStore } from "../store/retrying-store.js";
import { clientClock, renewCredentials } from "../store/sdk/credential-chain.js";
import { type Credentials, openClient, sdkStore } from "../store/sdk/open-client.js";
import { type ServerClock, StoreError } from "../store/store-error.js";
import type { Network } from "../store/transport/agents.js";

/** The clients for one region. */
interface Link {
  readonly store: LeanStore;
  readonly clock: ServerClock;
  readonly accessKeyId: () => Promise<string | null>;
  readonly renew: () => Promise<void>;
  close(): void;
}

/** The clients of a run: for its own region and for each other region in which a bucket turns out to be. */
interface Links {
  readonly store: ObjectStore;
  readonly home: Link;
  /** Resolves the credentials of all clients again. */
  readonly renew: () => Promise<void>;
  /**
   * Sends all later calls for this bucket to that region. Returns false if the provider has no endpoint there
   * that is known beforehand.
   */
  place(bucket: string, region: string): boolean;
  close(): void;
}

function openLinks(options: ConnectOptions): Links {
  const home = openLink(options);
  const byRegion = new Map<string, Link>();
  const placed = new Map<string, Link>();
  const every = () => [home, ...byRegion.values()];
  return {
    store: regionalStore(home.store, (bucket) => placed.get(bucket)?.store),
    home,
    renew: async () => {
      await Promise.all(every().map(({ renew }) => renew()));
    },
    place: (bucket, region) => {
      if (options.provider.id !== "aws") return false;
      const endpoint = endpointInRegion(options.endpoint, region);
      if (endpoint === null) return false;
      const link = byRegion.get(region) ?? openLink({ ...options, endpoint, region });
      byRegion.set(region, link);
      placed.set(bucket, link);
      return true;
    },
    close: () => {
      for (const { close } of every()) close();
    },
  };
}

function openLink(options: ConnectOptions): Link {
  const maxSockets = options.concurrency;
  const { credentials, profile } = options;
  const client = openClient({
    ...options,
    checksums: options.provider.checksums.value,
    maxSockets,
    credentials: credentials ?? undefined,
    profile: profile ?? undefined,
  });
  const resolveCredentials = () => client.config.credentials();
  const clock = clientClock(client);
  const store = leanStore(sdkStore(client), { ...options, maxSockets, credentials: resolveCredentials, clock });
  return {
    store,
    clock,
    accessKeyId: () =>
      resolveCredentials().then(
        ({ accessKeyId }) => accessKeyId,
        () => null,
      ),
    renew: renewCredentials(client),
    close: () => {
      store.close();
      client.destroy();
    },
  };
}

interface ConnectOptions {
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: Credentials | null;
  readonly profile: string | null;
  readonly network?: Network;
  /** These headers are sent with every request. */
  readonly accountHeaders: RequestHeaders;
  readonly concurrency: number;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly readOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  /** The turns of another process, whose limits hold for this one too. @default the limits above */
  readonly turns?: TurnsByAccess;
}

type AnyCall = (input: { readonly bucket?: string }) => Promise<unknown>;

/**
 * Sends each call to the region of its bucket: to `home`, unless `elsewhere` has another store for that
 * bucket.
 */
function regionalStore(home: ObjectStore, elsewhere: (bucket: string) => ObjectStore | undefined): ObjectStore {
  const route =
    (operation: Operation): AnyCall =>
    (input) => {
      const store = (input.bucket === undefined ? undefined : elsewhere(input.bucket)) ?? home;
      return (store[operation] as AnyCall)(input);
    };
  const operations = Object.keys(OPERATIONS) as Operation[];
  return Object.fromEntries(operations.map((operation) => [operation, route(operation)])) as unknown as ObjectStore;
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
  const turns = turnsWithin(options, { onRate: (change) => options.onEvent({ kind: "rate", ...change }) });
  const access = accessWithin(options, links.store, { signal, turns: options.turns ?? turns });
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
    close: () => {
      close();
      links.close();
    },
  };
}

/** Adds the rate limits to the store and makes it read-only if requested. */
function accessWithin(options: ConnectOptions, store: ObjectStore, tools: Taking): ObjectStore {
  const limited = rateLimitedStore(store, options, tools);
  return explainingStore(options.readOnly ? readOnlyStore(limited) : limited);
}

interface Taking {
  readonly signal: AbortSignal;
  readonly turns: TurnsByAccess;
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
