import type { OnEvent } from "../journal/events.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { type FindOptions, findBucket } from "./find-bucket.js";
import type { Sights } from "./sights.js";

interface FindTools {
  readonly onEvent: OnEvent;
  readonly sights: Sights;
  /** Of the buckets in another region than the run's. */
  readonly regions: ReadonlyMap<string, string>;
  /** Whether an earlier session saw all of it. */
  readonly isDone: (scope: Scope) => boolean;
}

/** Looks at the settings of every bucket of the run that is seen; what was found before an earlier session stays. */
export async function findBuckets(
  options: ResolvedOptions,
  store: ObjectStore,
  run: RunRecord,
  tools: Pick<FindOptions, "storeTime" | "signal"> & FindTools,
): Promise<BucketFindings[]> {
  const found: BucketFindings[] = [];
  for (const bucket of new Set(run.scopes.map((scope) => scope.bucket))) {
    const earlier = run.buckets.find((known) => known.bucket === bucket);
    const findings = await look(bucket, { options, store }, tools);
    // Nothing of it can be asked now.
    if (findings === null) {
      if (earlier !== undefined) found.push(earlier);
      continue;
    }
    const laid = laidOver(findings, earlier, options);
    found.push(laid);
    tools.onEvent({ kind: "bucket", findings: { ...findings, warnings: laid.warnings } });
  }
  return found;
}

/** `null` where none of its locations can be seen. */
async function look(
  bucket: string,
  { options, store }: { readonly options: ResolvedOptions; readonly store: ObjectStore },
  { sights, regions, isDone, storeTime, signal }: Pick<FindOptions, "storeTime" | "signal"> & FindTools,
): Promise<BucketFindings | null> {
  const scopes = sights.seen().filter((scope) => scope.bucket === bucket);
  if (scopes.length === 0) return null;
  const setDefault = options.setDefault && !options.dryRun;
  const asked = { provider: options.provider, setDefault, to: options.policy.target.kind, storeTime, signal };
  const find = () => findBucket(store, bucket, asked);
  const findings = scopes.every(isDone) ? await find().catch(keeping) : await sights.attempt(scopes, find);
  const region = regions.get(bucket);
  return findings === null || region === undefined ? findings : { ...findings, region };
}

function laidOver(
  findings: BucketFindings,
  earlier: BucketFindings | undefined,
  options: ResolvedOptions,
): BucketFindings {
  const { canary, probe, capabilities } = earlier ?? {};
  // What was found by a probe that no copy was made after is found again.
  const probed = probe && capabilities ? { probe, capabilities } : null;
  return {
    ...findings,
    ...(canary && { canary }),
    ...probed,
    warnings: [...findings.warnings, ...(plansDry(options) ? [DRY] : []), ...(probed?.probe.warnings ?? [])],
    defaultEncryption: { ...findings.defaultEncryption, ...begunWith(earlier) },
  };
}

/** An earlier session saw all of the bucket, whatever has become of it since. */
function keeping(error: unknown): null {
  if (error instanceof StoreError) return null;
  throw error;
}

/** What an earlier session found before it changed it, and when it did. */
function begunWith(earlier: BucketFindings | undefined): Partial<BucketFindings["defaultEncryption"]> {
  if (earlier === undefined) return {};
  const { before, setAt } = earlier.defaultEncryption;
  return { before, ...(setAt === undefined ? {} : { setAt }) };
}

const DRY = "planned from documents: a dry run writes no throw-away objects";

/** Where a run that writes would probe. */
function plansDry({ dryRun, capabilities, assumeDocumented }: ResolvedOptions): boolean {
  return dryRun && capabilities.from === "documents" && !assumeDocumented;
}
