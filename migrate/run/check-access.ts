import { RunError } from "../errors.js";
import type { Unseen } from "../journal/bucket-record.js";
import type { Scope } from "../model/scope.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketList } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Connection } from "./connect.js";
import { describeFatal } from "./describe-fatal.js";
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

interface MeetTools {
  readonly signal?: AbortSignal | undefined;
  /** Returns whether an earlier session saw the whole scope. A later failure does not change that. */
  readonly isDone?: ((scope: Scope) => boolean) | undefined;
}

/**
 * Lists the first page of each scope before anything is written. If no scope can be read, the run ends with
 * one message. A bucket of another region is accessed there, if its provider reveals the region.
 */
export async function checkAccess(
  options: ResolvedOptions,
  connection: Connection,
  { signal, isDone = () => false }: MeetTools = {},
): Promise<BucketAccess> {
  const listsAll = options.allBuckets && options.scopes.length === 0;
  const { firstContact } = connection;
  const { scopes, owner } = listsAll ? await allBuckets(options, firstContact, signal) : { ...options, owner: null };
  const unseen = new Map<string, Unseen>();
  const regions = new Map<string, string>();
  for (const scope of scopes) {
    // An interrupted run contacts no further bucket and ends with its results so far.
    if (signal?.aborted) break;
    const refusal = await meet(scope, connection, regions);
    if (refusal === null || signal?.aborted) continue;
    const because = unseenBy(refusal, scope.bucket, { options, isElsewhere: regions.has(scope.bucket) });
    if (because === null) throw new RunError(fatalWords(refusal, options, scope.bucket), { cause: refusal });
    if (!isDone(scope)) unseen.set(nameOf(scope), because);
  }
  if (scopes.length > 0 && unseen.size === scopes.length) {
    throw new RunError([...new Set([...unseen.values()].map(({ detail }) => detail))].join("\n"));
  }
  return { scopes, owner, unseen, regions };
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

/** Describes a store's refusal. Any other error is a bug and is thrown again. */
export function fatalWords(
  error: unknown,
  { endpoint, region, profile }: ResolvedOptions,
  bucket: string | null,
): string {
  if (!(error instanceof StoreError)) throw error;
  return describeFatal(error, { endpoint, region, bucket, profile });
}
