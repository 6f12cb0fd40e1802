import { compareKeysIn, type KeyOrder } from "../model/key-order.js";
import { type KeyRange, placeIn, tiled, WHOLE_RANGE } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { VersionCheckpoint, VersionRecord } from "./observation.js";
import type { CheckpointRecord, IntentRecord, JournalRecord, OutcomeRecord, UploadRecord } from "./record.js";

/** The position at which the listing of a range continues, and the work already done beyond it. */
export interface RangeProgress {
  readonly range: KeyRange;
  readonly upTo: string | null;
  readonly listed: number;
  readonly filteredOut: number;
  readonly end: boolean;
  /** Keys after `upTo` that have an outcome. */
  readonly doneKeys: ReadonlySet<string>;
  /** The order of the listing, as far as it was seen. */
  readonly order: KeyOrder;
}

export interface ScopeProgress {
  /** They cover the scope, in the order of their keys. */
  readonly ranges: readonly RangeProgress[];
  /**
   * The details of the outcomes of undecodable keys. Each contains the raw form of its key, whose position in
   * the listing is unknown.
   */
  readonly unplaced: ReadonlySet<string>;
  /** An earlier session could not see the scope, or not completely. */
  readonly isUnseen: boolean;
  /** The listing has no order, so it cannot be cut into ranges. */
  readonly isUnordered: boolean;
}

export const RANGE_NOT_STARTED: RangeProgress = {
  range: WHOLE_RANGE,
  upTo: null,
  listed: 0,
  filteredOut: 0,
  end: false,
  doneKeys: new Set(),
  order: "utf-8",
};

export const NOT_STARTED: ScopeProgress = {
  ranges: [RANGE_NOT_STARTED],
  unplaced: new Set(),
  isUnseen: false,
  isUnordered: false,
};

/** Whether every object of the scope has its outcome. */
export function isEnded({ ranges }: Pick<ScopeProgress, "ranges">): boolean {
  return ranges.every(({ end }) => end);
}

/**
 * Reads a journal and returns the position at which each scope stopped. Keeps only the keys after the last
 * checkpoint of each range in memory. Reads it once more if a listing turned out to have no order: then the
 * checkpoints before that do not count.
 */
export async function resumeState(
  read: () => AsyncIterable<JournalRecord>,
  scopes: readonly Scope[],
): Promise<ReadonlyMap<Scope, ScopeProgress>> {
  const states = await statesOf(read(), scopes, new Set());
  const unordered = new Set(scopes.filter((scope) => states.get(scope)?.isUnordered));
  const again = unordered.size === 0 ? states : await statesOf(read(), scopes, unordered);
  return new Map(scopes.map((scope) => [scope, progressOf(again.get(scope) ?? newState())]));
}

async function statesOf(
  records: AsyncIterable<JournalRecord>,
  scopes: readonly Scope[],
  unordered: ReadonlySet<Scope>,
): Promise<ReadonlyMap<Scope, ScopeState>> {
  const states = new Map(scopes.map((scope) => [scope, newState()]));
  for await (const record of records) {
    const scope = scopes.find((candidate) => isInScope(candidate, record));
    const state = scope && states.get(scope);
    if (scope === undefined || state === undefined) continue;
    if (record.kind === "outcome") addOutcome(state, record);
    if (record.kind === "sight") state.isUnseen = record.unseen !== null;
    if (record.kind !== "checkpoint") continue;
    state.isUnordered ||= record.afresh === true;
    if (state.isUnordered || !unordered.has(scope)) addCheckpoint(state, record);
  }
  return states;
}

function addOutcome({ doneKeys, unplaced }: ScopeState, record: OutcomeRecord): void {
  const detail = unplacedDetail(record);
  if (detail === null) doneKeys.add(record.key);
  else unplaced.add(detail);
}

function addCheckpoint({ checkpoints, doneKeys }: ScopeState, record: CheckpointRecord): void {
  const last = record.afresh ? undefined : checkpoints.get(record.after ?? null);
  // If the checkpoint did not move, no further keys lie before it.
  if (record.upTo !== last?.upTo) forgetUpTo(record, doneKeys);
  keepLast(checkpoints, record);
}

/** Keeps the last checkpoint of each range, by its lower bound. */
export function keepLast<C extends CheckpointRecord | VersionCheckpoint>(
  checkpoints: Map<string | null, C>,
  record: C,
): void {
  if (record.afresh) checkpoints.clear();
  checkpoints.set(record.after ?? null, record);
}

interface ScopeState {
  /** The last checkpoint of each range, by its lower bound. */
  readonly checkpoints: Map<string | null, CheckpointRecord>;
  readonly doneKeys: Set<string>;
  readonly unplaced: Set<string>;
  isUnseen: boolean;
  isUnordered: boolean;
}

function newState(): ScopeState {
  return { checkpoints: new Map(), doneKeys: new Set(), unplaced: new Set(), isUnseen: false, isUnordered: false };
}

/** The text with the raw form of an undecodable key; `null` for all other keys. */
export function unplacedDetail({ outcome }: Pick<OutcomeRecord | VersionRecord, "outcome">): string | null {
  return outcome.kind === "failed" && outcome.reason === "unreadable-key" ? outcome.detail : null;
}

export function isInScope({ bucket, prefix }: Scope, record: JournalRecord): boolean {
  return record.bucket === bucket && ("prefix" in record ? record.prefix === prefix : record.key.startsWith(prefix));
}

/** Removes the keys that lie before the checkpoint, within its range. */
export function forgetUpTo(
  { after, upTo, order }: Pick<CheckpointRecord, "after" | "upTo" | "order">,
  keys: Pick<Map<string, unknown>, "keys" | "delete">,
): void {
  if (upTo === null) return;
  const compare = compareKeysIn(order ?? "utf-8");
  const isPassed = (key: string) => compare(key, upTo) <= 0 && (after === undefined || compare(key, after) > 0);
  for (const key of keys.keys()) if (isPassed(key)) keys.delete(key);
}

/** All ranges of a scope, of which these have begun. A range behind one that ended may have no line yet. */
export function withUnbegun<R extends Pick<RangeProgress, "range" | "end">>(
  begun: readonly R[],
  notBegun: (range: KeyRange) => R,
): readonly R[] {
  const afters = new Set(begun.map(({ range }) => range.after));
  const bounds = [null, ...begun.flatMap(({ range, end }) => (end && range.through !== null ? [range.through] : []))];
  const unbegun = [...new Set(bounds)].filter((after) => !afters.has(after));
  return tiled([...begun, ...unbegun.map((after) => notBegun({ after, through: null }))]);
}

function progressOf({ checkpoints, doneKeys, ...state }: ScopeState): ScopeProgress {
  const begun = [...checkpoints.values()].map(rangeProgressOf);
  const ranges = withUnbegun(begun, (range) => ({ ...RANGE_NOT_STARTED, range }));
  const [only] = ranges;
  const isCut = only === undefined || ranges.length > 1;
  const keysOf = (range: KeyRange) => new Set([...doneKeys].filter((key) => placeIn(range, key) === "inside"));
  return {
    ranges: isCut ? ranges.map((one) => ({ ...one, doneKeys: keysOf(one.range) })) : [{ ...only, doneKeys }],
    unplaced: state.unplaced,
    isUnseen: state.isUnseen,
    isUnordered: state.isUnordered,
  };
}

function rangeProgressOf(checkpoint: CheckpointRecord): RangeProgress {
  const { after = null, through = null, upTo, listed, filteredOut, end, order = "utf-8" } = checkpoint;
  return { range: { after, through }, upTo, listed, filteredOut, end, doneKeys: new Set(), order };
}

/** The work on one object that a killed session left unfinished. */
export interface Unfinished {
  readonly intents: readonly IntentRecord[];
  /** It is unknown whether these were completed or aborted. */
  readonly uploads: readonly UploadRecord[];
}

/** Copies of more than one call whose object has no outcome yet. */
export async function leftUnfinished(records: AsyncIterable<JournalRecord>): Promise<readonly Unfinished[]> {
  const left = new Map<string, { intents: IntentRecord[]; uploads: UploadRecord[] }>();
  for await (const record of records) {
    if (record.kind !== "outcome" && record.kind !== "intent" && record.kind !== "upload") continue;
    const object = JSON.stringify([record.bucket, record.key]);
    if (record.kind === "outcome") {
      left.delete(object);
      continue;
    }
    const begun = left.get(object) ?? { intents: [], uploads: [] };
    if (record.kind === "intent") begun.intents.push(record);
    else begun.uploads.push(record);
    left.set(object, begun);
  }
  return [...left.values()];
}
