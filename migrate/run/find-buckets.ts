import { RunError } from "../errors.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ObjectStore } from "../store/object-store.js";
import { type FindOptions, findBucket } from "./find-bucket.js";
import { fatalWords } from "./meet-buckets.js";
import type { OnEvent } from "./progress-event.js";

/** Looks at the settings of every bucket of the run; what was found before an earlier session stays. */
export async function findBuckets(
  options: ResolvedOptions,
  store: ObjectStore,
  run: RunRecord,
  tools: Pick<FindOptions, "storeTime" | "signal"> & { readonly onEvent: OnEvent },
): Promise<BucketFindings[]> {
  const setDefault = options.setDefault && !options.dryRun;
  const found: BucketFindings[] = [];
  for (const bucket of new Set(run.scopes.map((scope) => scope.bucket))) {
    const to = options.policy.target.kind;
    const asked = { provider: options.provider, setDefault, to, storeTime: tools.storeTime, signal: tools.signal };
    const findings = await findBucket(store, bucket, asked).catch((error) => {
      throw new RunError(fatalWords(error, options, bucket), { cause: error });
    });
    const earlier = run.buckets.find((known) => known.bucket === bucket);
    const { canary, probe, capabilities } = earlier ?? {};
    // What was found by a probe that no copy was made after is found again.
    const probed = probe && capabilities ? { probe, capabilities } : null;
    const warnings = [...findings.warnings, ...(plansDry(options) ? [DRY] : []), ...(probed?.probe.warnings ?? [])];
    found.push({
      ...findings,
      ...(canary && { canary }),
      ...probed,
      warnings,
      defaultEncryption: { ...findings.defaultEncryption, ...begunWith(earlier) },
    });
    tools.onEvent({ kind: "bucket", findings: { ...findings, warnings } });
  }
  return found;
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
