import { compareKeysIn, type KeyOrder } from "../model/key-order.js";
import type { Scope } from "../model/scope.js";
import type { VersionRecord } from "./observation.js";
import type { CheckpointRecord, IntentRecord, JournalRecord, OutcomeRecord, UploadRecord } from "./record.js";

/** The position at which a scope's listing continues, and the work already done beyond it. */
export interface ScopeProgress {
  readonly upTo: string | null;
  readonly listed: number;
  readonly filteredOut: number;
  readonly end: boolean;
  /** Keys after `upTo` that have an outcome. */
  readonly doneKeys: ReadonlySet<string>;
  /** The order of the listing, as far as it was seen. */
  readonly order: KeyOrder;
  /**
   * The details of the outcomes of undecodable keys. Each contains the raw form of its key, whose position in
   * the listing is unknown.
   */
  readonly unplaced: ReadonlySet<string>;
  /** An earlier session could not see the scope, or not completely. */
  readonly isUnseen: boolean;
}

export const NOT_STARTED: ScopeProgress = {
  upTo: null,
  listed: 0,
  filteredOut: 0,
  end: false,
  doneKeys: new Set(),
  order: "utf-8",
  unplaced: new Set(),
  isUnseen: false,
};

/**
 * Reads a journal and returns the position at which each scope stopped. Keeps only the keys after its last
 * checkpoint in memory.
 */
export async function resumeState(
  records: AsyncIterable<JournalRecord>,
  scopes: readonly Scope[],
): Promise<ReadonlyMap<Scope, ScopeProgress>> {
  const states = new Map(scopes.map((scope) => [scope, newState()]));
  for await (const record of records) {
    const scope = scopes.find((candidate) => isInScope(candidate, record));
    const state = scope && states.get(scope);
    if (state === undefined) continue;
    if (record.kind === "outcome") {
      const unplaced = unplacedDetail(record);
      if (unplaced === null) state.doneKeys.add(record.key);
      else state.unplaced.add(unplaced);
    }
    if (record.kind === "sight") state.isUnseen = record.unseen !== null;
    if (record.kind === "checkpoint") {
      // If the checkpoint did not move, no further keys lie before it.
      if (record.upTo !== state.checkpoint?.upTo) forgetUpTo(record, state.doneKeys);
      state.checkpoint = record;
    }
  }
  return new Map(scopes.map((scope) => [scope, progressOf(states.get(scope) ?? newState())]));
}

interface ScopeState {
  checkpoint: CheckpointRecord | null;
  readonly doneKeys: Set<string>;
  readonly unplaced: Set<string>;
  isUnseen: boolean;
}

function newState(): ScopeState {
  return { checkpoint: null, doneKeys: new Set(), unplaced: new Set(), isUnseen: false };
}

/** The text with the raw form of an undecodable key; `null` for all other keys. */
export function unplacedDetail({ outcome }: Pick<OutcomeRecord | VersionRecord, "outcome">): string | null {
  return outcome.kind === "failed" && outcome.reason === "unreadable-key" ? outcome.detail : null;
}

function isInScope({ bucket, prefix }: Scope, record: JournalRecord): boolean {
  return record.bucket === bucket && ("prefix" in record ? record.prefix === prefix : record.key.startsWith(prefix));
}

function forgetUpTo({ upTo, order }: CheckpointRecord, keys: Set<string>): void {
  if (upTo === null) return;
  const compare = compareKeysIn(order ?? "utf-8");
  for (const key of keys) if (compare(key, upTo) <= 0) keys.delete(key);
}

function progressOf({ checkpoint, doneKeys, unplaced, isUnseen }: ScopeState): ScopeProgress {
  if (checkpoint === null) return { ...NOT_STARTED, doneKeys, unplaced, isUnseen };
  const { upTo, listed, filteredOut, end, order = "utf-8" } = checkpoint;
  return { upTo, listed, filteredOut, end, doneKeys, order, unplaced, isUnseen };
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
