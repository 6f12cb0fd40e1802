import { RunError } from "../errors.js";
import type { Scope } from "../journal/run-record.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { StoreError } from "../store/store-error.js";
import type { Connection } from "./connect.js";
import { describeFatal } from "./describe-fatal.js";

/** Lists a first page of each scope, so that a run that cannot read a bucket ends before it writes to another. */
export async function meetBuckets(options: ResolvedOptions, { firstContact }: Connection): Promise<readonly Scope[]> {
  const scopes =
    options.allBuckets && options.scopes.length === 0 ? await allBuckets(options, firstContact) : options.scopes;
  const problems: string[] = [];
  for (const scope of scopes) {
    try {
      await firstContact.listObjects(scope);
    } catch (error) {
      problems.push(fatalWords(error, options, scope.bucket));
    }
  }
  if (problems.length > 0) throw new RunError([...new Set(problems)].join("\n"));
  return scopes;
}

async function allBuckets(options: ResolvedOptions, firstContact: Connection["firstContact"]): Promise<Scope[]> {
  try {
    const names = await firstContact.listBuckets({});
    if (names.length === 0) throw new RunError(`the credentials list no bucket at ${options.endpoint}`);
    return names.map((bucket) => ({ bucket, prefix: "" }));
  } catch (error) {
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
