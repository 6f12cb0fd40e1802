import { createHash, randomInt } from "node:crypto";
import { rm } from "node:fs/promises";
import { TOOL_VERSION, UsageError } from "../errors.js";
import { locatedRecords } from "../evidence/journal-tree.js";
import { openVerifiedFolder, type VerifiedFolder } from "../evidence/verified-folder.js";
import type { BaselineRecord } from "../journal/input-records.js";
import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import { listSegments } from "../journal/segments.js";
import type { PublicKey } from "../keys/public-key.js";
import { externalSort, type Sorted } from "../list/external-sort.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import { type BaselineEntry, baselineEntry, isUsable, type UnusableEntry } from "./baseline-entry.js";

/** The requested baseline. */
export interface BaselineOptions {
  readonly path: string;
  readonly samplePercent: number;
  /** `null`: random. */
  readonly seed: number | null;
}

export interface Baseline {
  readonly record: BaselineRecord;
  /** In the order in which the run reaches its objects. */
  readonly entries: Sorted<NumberedEntry | UnusableEntry>;
}

/** A line that can be used, with its number among those of the baseline, from 0, in the order of its journal. */
export interface NumberedEntry extends BaselineEntry {
  readonly number: number;
}

interface Auditing {
  readonly scopes: readonly Scope[];
  readonly endpoint: string;
  readonly provider: string;
  /** Each of them must have signed it. */
  readonly publicKeys: readonly PublicKey[];
  /** The run is signed, so it may only use a baseline whose signature is verified. */
  readonly signs: boolean;
  /** The baseline of an earlier session of the same run. */
  readonly earlier: BaselineRecord | undefined;
}

/**
 * Verifies an earlier run, and sorts its observations of this run's scopes into their order.
 *
 * @throws UsageError if it does not verify, or if it is about another store
 */
export async function openBaseline(options: BaselineOptions, auditing: Auditing): Promise<Baseline> {
  const folder = await openVerifiedFolder(options.path, "--baseline", auditing.publicKeys);
  const problems = [...otherStore(folder.run, auditing, options), ...otherRun(folder, auditing.earlier)];
  if (problems.length > 0) throw new UsageError(problems);
  const leftOut = auditing.signs && auditing.publicKeys.length === 0;
  const order = scopeOrder(auditing.scopes);
  const origins = new Map<string, number>();
  let [usable, unusable] = [0, 0];
  const entriesInScope = async function* () {
    if (leftOut) return;
    for await (const entry of readBaselineLines(folder, { toolVersion: TOOL_VERSION, provider: auditing.provider })) {
      if (order(entry.bucket, entry.key) === null) continue;
      if (!isUsable(entry)) {
        unusable += 1;
        yield entry;
        continue;
      }
      origins.set(entry.line.run, (origins.get(entry.line.run) ?? 0) + 1);
      yield { ...entry, number: usable };
      usable += 1;
    }
  };
  const orderOf = ({ bucket, key }: UnusableEntry | BaselineEntry) => order(bucket, key) ?? "";
  const entries = await externalSort(entriesInScope(), { orderOf });
  await folder.checkUnchanged().catch(async (error: unknown) => {
    await entries.close();
    throw error;
  });
  const record = recordOf(folder, options, auditing.earlier, { lines: usable, unusable, origins });
  const signedBy = auditing.publicKeys.map(({ keyid }) => keyid);
  return { entries, record: { ...record, signedBy, ...(leftOut && { leftOut: "not-signed" as const }) } };
}

function otherStore({ endpoint }: RunRecord, auditing: Auditing, { path }: BaselineOptions): string[] {
  if (endpoint === auditing.endpoint) return [];
  return [
    `--baseline: "${path}" is a run at ${endpoint}, and this run is at ${auditing.endpoint}: give a run at the same endpoint`,
  ];
}

function otherRun({ digest, runDir }: VerifiedFolder, earlier: BaselineRecord | undefined): string[] {
  if (earlier === undefined || earlier.run === digest) return [];
  return [`--baseline: "${runDir}" is not the run that this run began with: give that one, or start a new run`];
}

interface Read {
  readonly lines: number;
  readonly unusable: number;
  readonly origins: ReadonlyMap<string, number>;
}

function recordOf(
  { digest, run }: VerifiedFolder,
  { samplePercent, seed }: BaselineOptions,
  earlier: BaselineRecord | undefined,
  { lines, unusable, origins }: Read,
): BaselineRecord {
  const startedAt = run.sessions[0]?.startedAt ?? null;
  const startOf = (origin: string) =>
    origin === digest ? startedAt : (run.baseline?.origins.find((known) => known.run === origin)?.startedAt ?? null);
  return {
    run: digest,
    startedAt,
    endedAt: run.sessions.at(-1)?.endedAt ?? null,
    lines,
    unusable,
    origins: [...origins].map(([origin, count]) => ({ run: origin, startedAt: startOf(origin), lines: count })),
    samplePercent,
    oneOf: oneOf(samplePercent, lines),
    seed: seed ?? earlier?.seed ?? randomInt(2 ** 32),
    dropped: null,
  };
}

/** Yields the observations of a verified run, in journal order. */
async function* readBaselineLines(
  { runDir, segments, run, digest }: Pick<VerifiedFolder, "runDir" | "segments" | "run" | "digest">,
  by: { readonly toolVersion: string; readonly provider: string },
): AsyncGenerator<BaselineEntry | UnusableEntry> {
  for await (const { record, segment, line } of locatedRecords(runDir, segments)) {
    const entry = baselineEntry(record, { ...by, run, line: { run: digest, segment, line } });
    if (entry !== null) yield entry;
  }
}

/**
 * Removes the journal of an audit whose baseline was contradicted, last segment first. All its objects will
 * be read again.
 */
export async function voidJournal(runDir: string): Promise<void> {
  for (const segment of (await listSegments(runDir)).toReversed()) await rm(segment, { force: true });
}

/**
 * Completes a discard that a kill interrupted: run.json says that the baseline was dropped, but journal lines
 * still depend on it.
 */
export async function voidDropped(runDir: string, run: Pick<RunRecord, "baseline">): Promise<void> {
  if (run.baseline === undefined || run.baseline.dropped === null) return;
  if (await restsOnBaseline(runDir)) await voidJournal(runDir);
}

async function restsOnBaseline(runDir: string): Promise<boolean> {
  for await (const record of readJournal(runDir)) {
    if ((record.kind === "outcome" || record.kind === "version") && record.baseline?.use === "taken") return true;
  }
  return false;
}

/** The smallest sample, even if the percentage comes to fewer. */
const MIN_SAMPLE = 30;

/**
 * The sampling interval: one of so many lines is compared with its object, which makes `percent` of them, but at
 * least `MIN_SAMPLE`.
 */
export function oneOf(percent: number, lines: number): number {
  const byPercent = percent === 0 ? Number.POSITIVE_INFINITY : 100 / percent;
  return Math.max(1, Math.min(byPercent, lines / MIN_SAMPLE));
}

/**
 * Decides by its number whether a line is of the sample: exactly one is of each block of `oneOf` lines, at a place
 * derived from the seed. So it does not matter in which order, or in how many processes, the objects are met.
 */
export function createSampler({
  oneOf: every,
  seed,
}: Pick<BaselineRecord, "oneOf" | "seed">): (nth: number) => boolean {
  const startOf = (block: number) => Math.floor(block * every);
  let last = { block: -1, drawn: -1 };
  return (nth) => {
    let block = Math.max(0, Math.ceil((nth + 1) / every) - 1);
    // The division may be off by one if the blocks are of no whole number of lines.
    while (nth < startOf(block)) block -= 1;
    while (nth >= startOf(block + 1)) block += 1;
    if (block !== last.block) last = { block, drawn: placeIn(startOf(block), startOf(block + 1), `${seed}:${block}`) };
    return nth === last.drawn;
  };
}

function placeIn(from: number, end: number, seed: string): number {
  return from + Math.floor(seededFraction(seed) * (end - from));
}

/** A pseudo-random number in [0, 1) that is the same for the same text on every machine. */
export function seededFraction(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
