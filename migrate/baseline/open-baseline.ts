import { randomInt } from "node:crypto";
import { UsageError } from "../errors.js";
import { openVerifiedFolder, type VerifiedFolder } from "../evidence/verified-folder.js";
import type { BaselineRecord, RunRecord } from "../journal/run-record.js";
import type { PublicKey } from "../keys/public-key.js";
import { externalSort, type Sorted } from "../list/external-sort.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import { TOOL_VERSION } from "../tool-version.js";
import type { BaselineEntry } from "./baseline-entry.js";
import { readBaselineLines } from "./read-baseline-lines.js";
import { oneOf } from "./sampler.js";

/** What was asked for. */
export interface BaselineOptions {
  readonly path: string;
  readonly samplePercent: number;
  /** `null`: drawn. */
  readonly seed: number | null;
}

export interface Baseline {
  readonly record: BaselineRecord;
  /** In the order in which the run comes to its objects. */
  readonly entries: Sorted<BaselineEntry>;
}

interface Auditing {
  readonly scopes: readonly Scope[];
  readonly endpoint: string;
  readonly provider: string;
  /** Each of them must have signed it. */
  readonly publicKeys: readonly PublicKey[];
  /** The run is signed: it may go by no baseline that nobody vouches for. */
  readonly signs: boolean;
  /** What an earlier session of the same run went by. */
  readonly earlier: BaselineRecord | undefined;
}

/**
 * Verifies an earlier run, and puts what it tells of the scopes of this one into their order.
 *
 * @throws UsageError where it does not hold, or is of another store
 */
export async function openBaseline(options: BaselineOptions, auditing: Auditing): Promise<Baseline> {
  const folder = await openVerifiedFolder(options.path, "--baseline", auditing.publicKeys);
  const problems = [...otherStore(folder.run, auditing, options), ...otherRun(folder, auditing.earlier)];
  if (problems.length > 0) throw new UsageError(problems);
  const leftOut = auditing.signs && auditing.publicKeys.length === 0;
  const order = scopeOrder(auditing.scopes);
  const origins = new Map<string, number>();
  const entriesInScope = async function* () {
    if (leftOut) return;
    for await (const entry of readBaselineLines(folder, { toolVersion: TOOL_VERSION, provider: auditing.provider })) {
      if (order(entry.bucket, entry.key) === null) continue;
      origins.set(entry.line.run, (origins.get(entry.line.run) ?? 0) + 1);
      yield entry;
    }
  };
  const orderOf = ({ bucket, key }: BaselineEntry) => order(bucket, key) ?? "";
  const entries = await externalSort(entriesInScope(), { orderOf });
  await folder.checkUnchanged().catch(async (error: unknown) => {
    await entries.close();
    throw error;
  });
  const record = recordOf(folder, options, auditing.earlier, { lines: entries.count, origins });
  const signedBy = auditing.publicKeys.map(({ keyid }) => keyid);
  return { entries, record: { ...record, signedBy, ...(leftOut && { leftOut: "not-signed" as const }) } };
}

function otherStore({ endpoint }: RunRecord, auditing: Auditing, { path }: BaselineOptions): string[] {
  if (endpoint === auditing.endpoint) return [];
  return [
    `--baseline: "${path}" is of ${endpoint}, and this run is of ${auditing.endpoint}: name a run of the same endpoint`,
  ];
}

function otherRun({ digest, runDir }: VerifiedFolder, earlier: BaselineRecord | undefined): string[] {
  if (earlier === undefined || earlier.run === digest) return [];
  return [
    `--baseline: "${runDir}" is another run than the one that this run began with: name that, or start a new run`,
  ];
}

function recordOf(
  { digest, run }: VerifiedFolder,
  { samplePercent, seed }: BaselineOptions,
  earlier: BaselineRecord | undefined,
  { lines, origins }: { readonly lines: number; readonly origins: ReadonlyMap<string, number> },
): BaselineRecord {
  const startedAt = run.sessions[0]?.startedAt ?? null;
  const startOf = (origin: string) =>
    origin === digest ? startedAt : (run.baseline?.origins.find((known) => known.run === origin)?.startedAt ?? null);
  return {
    run: digest,
    startedAt,
    endedAt: run.sessions.at(-1)?.endedAt ?? null,
    lines,
    origins: [...origins].map(([origin, count]) => ({ run: origin, startedAt: startOf(origin), lines: count })),
    samplePercent,
    oneOf: oneOf(samplePercent, lines),
    seed: seed ?? earlier?.seed ?? randomInt(2 ** 32),
    dropped: null,
  };
}
