import { RunError } from "../errors.js";
import type { Scope } from "../journal/run-record.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketList } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Connection } from "./connect.js";
import { describeFatal } from "./describe-fatal.js";

export interface Met {
  readonly scopes: readonly Scope[];
  /** Whose buckets they are, where they were listed and the store tells. */
  readonly owner: BucketList["owner"];
}

/** Lists a first page of each scope, so that a run that cannot read a bucket ends before it writes to another. */
export async function meetBuckets(
  options: ResolvedOptions,
  { firstContact }: Connection,
  signal?: AbortSignal,
): Promise<Met> {
  const listsAll = options.allBuckets && options.scopes.length === 0;
  const { scopes, owner } = listsAll ? await allBuckets(options, firstContact, signal) : { ...options, owner: null };
  const problems: string[] = [];
  for (const scope of scopes) {
    // An interrupted run asks no further bucket, and ends with what it has.
    if (signal?.aborted) break;
    try {
      await firstContact.listObjects(scope);
    } catch (error) {
      problems.push(fatalWords(error, options, scope.bucket));
    }
  }
  if (problems.length > 0) throw new RunError([...new Set(problems)].join("\n"));
  return { scopes, owner };
}

const INTERRUPTED = "interrupted before the first object was looked at: nothing was changed";

async function allBuckets(
  options: ResolvedOptions,
  firstContact: Connection["firstContact"],
  signal: AbortSignal | undefined,
): Promise<Met> {
  try {
    const { names, owner } = await firstContact.listBuckets({ signal });
    if (names.length === 0) throw new RunError(`the credentials list no bucket at ${options.endpoint}`);
    return { scopes: names.map((bucket) => ({ bucket, prefix: "" })), owner };
  } catch (error) {
    if (signal?.aborted && error instanceof StoreError) throw new RunError(INTERRUPTED, { because: "interrupted" });
    throw error instanceof StoreError ? new RunError(fatalWords(error, options, null), { cause: error }) : error;
  }
}

/** Words for a store's refusal; anything else is a bug, and thrown on. */
export function fatalWords(
  error: unknown,
  { endpoint, region, profile }: ResolvedOptions,
  bucket: string | null,
): string {
  if (!(error instanceof StoreError)) throw error;
  return describeFatal(error, { endpoint, region, bucket, profile });
}
