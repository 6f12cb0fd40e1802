import type { RemovalRecord, VersionCheckpoint, VersionRecord } from "../journal/observation.js";
import { readJournal } from "../journal/read-journal.js";
import type { JournalRecord, OutcomeRecord } from "../journal/record.js";
import { forgetUpTo, isInScope, type ScopeProgress, unplacedDetail, withUnbegun } from "../journal/resume.js";
import { type KeyRange, placeIn } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { type BegunChain, type Chain, compareChain } from "./chain.js";
import { entriesOfKey } from "./read-chain.js";
import { replayChain } from "./replay-chain.js";
import { recordOfReplay } from "./replay-outcome.js";
import type { VersionProgress, VersionRange } from "./version-watermark.js";

/** The position at which a scope continues. */
type ProgressOf = (scope: Scope) => ScopeProgress;

/** Finishes the re-creations that a killed session had begun, and returns where each scope continues. */
export async function finishReplays(
  session: { readonly earlier: object | null; readonly runDir: string; readonly progressOf: ProgressOf },
  context: RunContext,
  /** Whether its bucket is visible now. Otherwise a later session finishes it. */
  isSeen: (chain: BegunChain) => boolean,
): Promise<ProgressOf> {
  if (session.earlier === null || context.mode !== "migrate") return session.progressOf;
  const begun = (await unfinishedReplays(readJournal(session.runDir))).filter(isSeen);
  const finished = await finishChains(begun, context, async (record) => {
    await context.journal.append(record);
    context.onEvent({ kind: "outcome", record });
  });
  return (scope) => withDone(session.progressOf(scope), scope, finished);
}

/** Finishes chains whose session or process ended during them. Returns those that have their outcome now. */
export async function finishChains(
  chains: readonly BegunChain[],
  context: RunContext,
  write: (record: OutcomeRecord) => Promise<void>,
): Promise<readonly BegunChain[]> {
  const finished: BegunChain[] = [];
  for (const begun of chains) {
    if (context.signal?.aborted || (await isUntouched(begun, context))) continue;
    const chain: Chain = { ...begun, capabilities: await context.capabilitiesOf(begun.bucket) };
    const startedMs = performance.now();
    const end = await replayChain(chain, context);
    const record = recordOfReplay(chain, end, { startedMs, at: context.now() });
    if (record === null) continue;
    await write(record);
    finished.push(chain);
  }
  return finished;
}

/** No copy exists and all originals do, so the listing will lead to the key again. */
async function isUntouched(chain: BegunChain, context: RunContext): Promise<boolean> {
  const entries = await entriesOfKey(context.store, chain);
  const latest = entries.find(({ isLatest }) => isLatest)?.versionId ?? null;
  const seen = { versionIds: new Set(entries.map(({ versionId }) => versionId)), latest };
  return compareChain({ ...chain, made: [] }, seen).kind === "make";
}

function withDone(progress: ScopeProgress, { bucket, prefix }: Scope, finished: readonly BegunChain[]): ScopeProgress {
  const keys = finished
    .filter((chain) => chain.bucket === bucket && chain.key.startsWith(prefix))
    .map(({ key }) => key);
  const ranges = progress.ranges.map((one) => ({
    ...one,
    doneKeys: new Set([...one.doneKeys, ...keys.filter((key) => placeIn(one.range, key) === "inside")]),
  }));
  return { ...progress, ranges };
}

/** Chains that a killed session had begun and whose key has no outcome. */
async function unfinishedReplays(records: AsyncIterable<JournalRecord>): Promise<readonly BegunChain[]> {
  const chains = new Map<string, BegunChain>();
  for await (const record of records) noteReplay(chains, record);
  return [...chains.values()];
}

/** Notes a line of the journal in the chains that have begun and have no outcome, by object. */
export function noteReplay(chains: Map<string, BegunChain>, record: JournalRecord): void {
  if (record.kind !== "replay" && record.kind !== "replay-step" && record.kind !== "outcome") return;
  const { bucket, key } = record;
  const object = JSON.stringify([bucket, key]);
  if (record.kind === "outcome") chains.delete(object);
  if (record.kind === "replay") {
    const { range, older, at } = record;
    chains.set(object, { bucket, key, range, older, made: [], begunAt: new Date(at), isResumed: true });
  }
  const begun = chains.get(object);
  if (record.kind === "replay-step" && begun) chains.set(object, { ...begun, made: [...begun.made, record] });
}

/** The ranges that the versions of a scope are read in, in the order of their keys. They cover the scope. */
export function versionRanges({ checkpoints, done, hasUnplaced }: VersionProgress): readonly VersionRange[] {
  const begun = checkpoints.map((checkpoint): VersionRange & { readonly end: boolean } => {
    const { after = null, through = null, end } = checkpoint;
    return { range: { after, through }, checkpoint, end, done, hasUnplaced };
  });
  const ranges = withUnbegun(begun, (range) => ({ range, checkpoint: null, end: false, done, hasUnplaced }));
  return ranges.length === 1 ? ranges : ranges.map((one) => ({ ...one, done: doneIn(one.range, done) }));
}

export function doneIn(range: KeyRange, done: VersionRange["done"]): VersionRange["done"] {
  return new Map([...done].filter(([key]) => placeIn(range, key) === "inside"));
}

/**
 * Reads a journal and returns the position at which the walk over a scope's versions stopped. Reads it once more if
 * their listing was begun again as one range: then the checkpoints before that do not count.
 */
export async function versionProgress(
  read: () => AsyncIterable<JournalRecord>,
  scope: Scope,
): Promise<VersionProgress> {
  const progress = await progressIn(read(), scope, false);
  return progress.isWhole ? progressIn(read(), scope, true) : progress;
}

/** A range of the versions of a scope, and how far its last process came in it. */
export interface VersionWork {
  readonly kind: "versions";
  readonly scope: Scope;
  readonly part: VersionRange;
}

/** What the lines of a journal tell of the versions of a scope, or of a range. */
export interface FoundVersions {
  readonly checkpoints: Map<string | null, VersionCheckpoint>;
  readonly done: Map<string, Set<string>>;
  readonly unplaced: Map<string, Set<string>>;
  readonly removals: Map<string, RemovalRecord>;
}

async function progressIn(
  records: AsyncIterable<JournalRecord>,
  scope: Scope,
  isAfresh: boolean,
): Promise<VersionProgress> {
  const found = noVersions();
  let isWhole = false;
  for await (const record of records) {
    if (!isInScope(scope, record)) continue;
    if (record.kind === "version-checkpoint") isWhole ||= record.afresh === true;
    if (record.kind !== "version-checkpoint" || isWhole || !isAfresh) noteVersion(found, record);
  }
  const { checkpoints, removals } = found;
  return { checkpoints: [...checkpoints.values()], ...doneOf(found), isWhole, removals: [...removals.values()] };
}

export function noVersions(): FoundVersions {
  return { checkpoints: new Map(), done: new Map(), unplaced: new Map(), removals: new Map() };
}

/** Notes a line of the journal. */
export function noteVersion(found: FoundVersions, record: JournalRecord): void {
  if (record.kind === "version" || record.kind === "removal") addRecord(record, found);
  if (record.kind === "version-checkpoint") addCheckpoint(record, found);
}

/** The versions that are done, those of keys included whose place is not known. */
export function doneOf({ done: placed, unplaced }: FoundVersions): Pick<VersionProgress, "done" | "hasUnplaced"> {
  const done = new Map(placed);
  for (const [key, versionIds] of unplaced) addVersion(done, key, versionIds);
  return { done, hasUnplaced: unplaced.size > 0 };
}

function addRecord(record: VersionRecord | RemovalRecord, { done, unplaced, removals }: FoundVersions): void {
  const versionId = record.before.versionId ?? "null";
  const version = JSON.stringify([record.key, versionId]);
  if (record.kind === "removal") {
    removals.set(version, record);
    return;
  }
  removals.delete(version);
  addVersion(unplacedDetail(record) === null ? done : unplaced, record.key, [versionId]);
}

function addCheckpoint(record: VersionCheckpoint, { checkpoints, done }: FoundVersions): void {
  if (record.afresh) checkpoints.clear();
  const { after = null, upTo } = record;
  // If the checkpoint did not move, no further keys lie before it.
  if (upTo !== checkpoints.get(after)?.upTo) forgetUpTo(record, done);
  checkpoints.set(after, record);
}

function addVersion(versions: Map<string, Set<string>>, key: string, versionIds: Iterable<string>): void {
  versions.set(key, new Set([...(versions.get(key) ?? []), ...versionIds]));
}
