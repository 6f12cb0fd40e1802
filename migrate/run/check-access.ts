import pLimit from "p-limit";
import { RunError } from "../errors.js";
import type { Unseen } from "../journal/bucket-record.js";
import type { ConnectedEvent, OnEvent } from "../journal/events.js";
import type { Scope } from "../model/scope.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketList } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Connection } from "./connect.js";
import { fatalWords } from "./describe-fatal.js";
import { nameOf, unseenBy } from "./sights.js";

export interface BucketAccess {
  readonly scopes: readonly Scope[];
  /** The owner of the buckets, if they were listed and the store reveals it. */
  readonly owner: BucketList["owner"];
  /** Why scopes cannot be seen, by `nameOf`. It never contains all scopes. */
  readonly unseen: ReadonlyMap<string, Unseen>;
  /** The regions of the buckets that are not in the run's own region. */
  readonly regions: ReadonlyMap<string, string>;
}

const SCOPES_AT_ONCE = 16;

interface MeetTools {
  readonly signal?: AbortSignal | undefined;
  /** Returns whether an earlier session saw the whole scope. A later failure does not change that. */
  readonly isDone?: ((scope: Scope) => boolean) | undefined;
  readonly onEvent?: OnEvent | undefined;
}

/** The store that is about to be asked, and by whom. */
export async function connectedEvent(
  { provider, endpoint, region }: ResolvedOptions,
  connection: Pick<Connection, "accessKeyId">,
): Promise<ConnectedEvent> {
  const accessKeyId = await connection.accessKeyId();
  return { kind: "connected", provider: provider.name, endpoint, region, accessKeyId };
}

/**
 * Lists the first page of each scope before anything is written. If no scope can be read, the run ends with
 * one message. A bucket of another region is accessed there, if its provider reveals the region.
 */
export async function checkAccess(
  options: ResolvedOptions,
  connection: Connection,
  { signal, isDone = () => false, onEvent }: MeetTools = {},
): Promise<BucketAccess> {
  onEvent?.(await connectedEvent(options, connection));
  const listsAll = options.allBuckets && options.scopes.length === 0;
  const { firstContact } = connection;
  const { scopes, owner } = listsAll ? await allBuckets(options, firstContact, signal) : { ...options, owner: null };
  const unseen = new Map<string, Unseen>();
  const regions = new Map<string, string>();
  for await (const { scope, refusal } of meetAll(scopes, connection, regions, signal)) {
    const because = unseenBy(refusal, scope.bucket, { options, isElsewhere: regions.has(scope.bucket) });
    if (because === null) throw new RunError(fatalWords(refusal, options, scope.bucket), { cause: refusal });
    if (!isDone(scope)) unseen.set(nameOf(scope), because);
  }
  if (scopes.length > 0 && unseen.size === scopes.length) {
    throw new RunError([...new Set([...unseen.values()].map(({ detail }) => detail))].join("\n"));
  }
  return { scopes, owner, unseen, regions };
}

interface Refused {
  readonly scope: Scope;
  readonly refusal: StoreError;
}

/** The scopes that cannot be listed, in their order. An interrupted run contacts no further bucket. */
async function* meetAll(
  scopes: readonly Scope[],
  connection: Connection,
  regions: Map<string, string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Refused> {
  const limit = pLimit(SCOPES_AT_ONCE);
  const refusalOfScope = async (scope: Scope): Promise<Refused[]> => {
    const refusal = signal?.aborted ? null : await meet(scope, connection, regions);
    return refusal === null || signal?.aborted ? [] : [{ scope, refusal }];
  };
  // The first one goes alone: a wrong endpoint or wrong credentials fail one call, and not many.
  for (const some of [scopes.slice(0, 1), scopes.slice(1)]) {
    const refused = await Promise.all(some.map((scope) => limit(() => refusalOfScope(scope))));
    yield* refused.flat();
  }
}

/** Why a scope cannot be listed; `null` if it can. */
async function meet(
  scope: Scope,
  { firstContact, follow }: Connection,
  regions: Map<string, string>,
): Promise<StoreError | null> {
  const refusal = await refusalOf(() => firstContact.listObjects(scope));
  if (refusal?.kind !== "wrong-region") return refusal;
  const followed = await follow(scope.bucket, refusal);
  if (followed === null) return refusal;
  regions.set(scope.bucket, followed.region);
  return refusalOf(() => followed.contact.listObjects(scope));
}

async function refusalOf(call: () => Promise<unknown>): Promise<StoreError | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

const INTERRUPTED = "interrupted before the first object was examined: nothing was changed";

async function allBuckets(
  options: ResolvedOptions,
  firstContact: Connection["firstContact"],
  signal: AbortSignal | undefined,
): Promise<Pick<BucketAccess, "scopes" | "owner">> {
  try {
    const { names, owner } = await firstContact.listBuckets({ signal });
    if (names.length === 0) throw new RunError(`the credentials can list no bucket at ${options.endpoint}`);
    return { scopes: names.map((bucket) => ({ bucket, prefix: "" })), owner };
  } catch (error) {
    if (signal?.aborted && error instanceof StoreError) throw new RunError(INTERRUPTED, { because: "interrupted" });
    throw error instanceof StoreError ? new RunError(fatalWords(error, options, null), { cause: error }) : error;
  }
}
