import { setMaxListeners } from "node:events";
import { type Abandoning, abandoningStore } from "../store/abandoning-store.js";
import { explainingStore } from "../store/explaining-store.js";
import type { ListObjectsInput, ListObjectsPage, ObjectStore } from "../store/object-store.js";
import type { Operation } from "../store/operations.js";
import { retryBudget } from "../store/pace/retry-budget.js";
import { systemClock } from "../store/pace/token-bucket.js";
import { rateLimitedStore } from "../store/rate-limited-store.js";
import { readOnlyStore } from "../store/read-only-store.js";
import { renewingStore } from "../store/renewing-store.js";
import { retryingStore } from "../store/retrying-store.js";
import { StoreError } from "../store/store-error.js";
import { type ConnectOptions, openLinks } from "./links.js";

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
  const signal = options.signal ? AbortSignal.any([options.signal, lost.signal]) : lost.signal;
  // Every call that waits listens to it.
  setMaxListeners(0, signal);
  const onRetry = (operation: Operation, error: StoreError) =>
    options.onEvent({ kind: "retry", operation, code: error.facts.code });
  const limited = rateLimitedStore(links.store, options, {
    signal,
    onRate: (change) => options.onEvent({ kind: "rate", ...change }),
  });
  const access = explainingStore(options.readOnly ? readOnlyStore(limited) : limited);
  const { renew } = links;
  const renewing = renewingStore(access, { renew, signal, onRetry, onLost: (error) => lost.abort(error) });
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
  const elsewhere = renewingStore(access, { renew, signal, onRetry });
  const contact = abandoning(retrying(MAX_ATTEMPTS_AT_FIRST, elsewhere));
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
