import { setMaxListeners } from "node:events";
import { endpointInRegion, type ProviderProfile } from "../../providers/index.js";
import type { OnEvent } from "../journal/events.js";
import { type Abandoning, abandoningStore } from "../store/abandoning-store.js";
import { type LeanStore, leanStore } from "../store/lean/lean-store.js";
import type { ListObjectsInput, ListObjectsPage, ObjectStore, RequestHeaders } from "../store/object-store.js";
import { OPERATIONS, type Operation } from "../store/operations.js";
import { retryBudget, systemClock } from "../store/pace/token-bucket.js";
import { type RateChange, rateLimitedStore } from "../store/rate-limited-store.js";
import { readOnlyStore } from "../store/read-only-store.js";
import { explainingStore, renewingStore, retryingStore } from "../store/retrying-store.js";
import { clientClock, renewCredentials } from "../store/sdk/credential-chain.js";
import { type Credentials, openClient } from "../store/sdk/open-client.js";
import { sdkStore } from "../store/sdk/sdk-store.js";
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

/** The clients of a run: for the region that it was given, and for each other one in which its buckets turn out to be. */
interface Links {
  readonly store: ObjectStore;
  readonly home: Link;
  /** Resolves the credentials of all of them anew. */
  readonly renew: () => Promise<void>;
  /** Sends whatever is for this bucket to that region from now on. False if the provider has no endpoint there that is known beforehand. */
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
  /** Sent with every request. */
  readonly accountHeaders: RequestHeaders;
  readonly concurrency: number;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly readOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
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
/** The first call meets a wrong endpoint or host name, which no patience mends. */
const MAX_ATTEMPTS_AT_FIRST = 2;
/** How long what is in flight may take to end after an interruption; throw-away objects are deleted meanwhile. */
const GRACE_MS = 1500;
const GRACE_OF_CANARY_MS = 10_000;
/** A canary that fails for good should say so within seconds. */
const MAX_ATTEMPTS_OF_CANARY = 6;

export interface Connection {
  readonly store: ObjectStore;
  /** The same store, with less patience: for the first look at a bucket. */
  readonly firstContact: ObjectStore;
  /**
   * Goes to the region in which a bucket is, from now on, after the refusal of a call to another: as `firstContact`, but for its refusals,
   * which end nothing. `null` where the provider is not asked for regions, or does not tell.
   */
  readonly follow: (bucket: string, refusal: StoreError) => Promise<FollowedTo | null>;
  /** The same store, for throw-away objects. */
  readonly canaryStore: ObjectStore;
  /** Who acts, as far as can be told without a secret; `null` where there are no credentials. */
  readonly accessKeyId: () => Promise<string | null>;
  /** The time as the store has it, once it has answered. */
  readonly storeTime: () => Date;
  /** Aborted once no call can succeed any more, with the `StoreError` that says why as its reason. */
  readonly lost: AbortSignal;
  /** Closes every connection. */
  close(): void;
}

interface FollowedTo {
  readonly region: string;
  readonly contact: ObjectStore;
}

/**
 * The store of a run: the SDK and the lean calls, within the rate limits, read-only if asked, tried again. What makes calls
 * again lies above what counts them, so that every attempt is within the limits.
 */
export function connect(options: ConnectOptions): Connection {
  const links = openLinks(options);
  const lost = new AbortController();
  const signal = eitherSignal(options.signal, lost.signal);
  const onRetry = (operation: Operation, error: StoreError) =>
    options.onEvent({ kind: "retry", operation, code: error.facts.code });
  const access = accessWithin(options, links.store, signal);
  const renewal = { renew: links.renew, signal, onRetry };
  const renewing = renewingStore(access, { ...renewal, onLost: (error) => lost.abort(error) });
  const budget = retryBudget(systemClock);
  const retrying = (maxAttempts: number, over = renewing) =>
    retryingStore(over, { maxAttempts, budget, signal, onRetry });
  const firstContact = retrying(MAX_ATTEMPTS_AT_FIRST);
  const abandoned: Abandoning[] = [];
  const abandoning = (store: ObjectStore, graceMs = GRACE_MS) => {
    const made = abandoningStore(store, options.signal, graceMs);
    abandoned.push(made);
    return made.store;
  };
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
    close: () => {
      for (const { close } of abandoned) close();
      links.close();
    },
  };
}

/** Every call that waits listens to it. */
function eitherSignal(given: AbortSignal | undefined, lost: AbortSignal): AbortSignal {
  const signal = given ? AbortSignal.any([given, lost]) : lost;
  setMaxListeners(0, signal);
  return signal;
}

/** The store within the rate limits, read-only if asked. */
function accessWithin(options: ConnectOptions, store: ObjectStore, signal: AbortSignal): ObjectStore {
  const onRate = (change: RateChange) => options.onEvent({ kind: "rate", ...change });
  const limited = rateLimitedStore(store, options, { signal, onRate });
  return explainingStore(options.readOnly ? readOnlyStore(limited) : limited);
}

/** As the refusal says, or as HeadBucket does. */
async function regionOf(bucket: string, { facts }: StoreError, store: ObjectStore): Promise<string | null> {
  if (facts.region !== undefined) return facts.region;
  try {
    return await store.getBucketRegion({ bucket });
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** A listing is of its time: an older page is asked for again. */
const MAX_AGE_MS = 60_000;

/** The first page with which the first bucket is met is the first page of its walk too: one call less, for what cannot write. */
export function keepFirstPage(connection: Connection): Connection {
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
