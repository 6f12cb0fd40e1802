import { compareKeysIn, type KeyOrder } from "../list/key-order.js";
import type { CheckpointRecord, JournalRecord } from "./record.js";
import type { Scope } from "./run-record.js";

/** Where a scope's listing goes on, and what is done already beyond that point. */
export interface ScopeProgress {
  readonly upTo: string | null;
  readonly listed: number;
  readonly filteredOut: number;
  readonly end: boolean;
  /** Keys after `upTo` that have their outcome. */
  readonly doneKeys: ReadonlySet<string>;
  /** Of the listing, as far as it was seen. */
  readonly order: KeyOrder;
}

export const NOT_STARTED: ScopeProgress = {
  upTo: null,
  listed: 0,
  filteredOut: 0,
  end: false,
  doneKeys: new Set(),
  order: "utf-8",
};

/** Folds a journal into the place where each scope stopped. Holds only the keys after its last checkpoint. */
export async function resumeState(
  records: AsyncIterable<JournalRecord>,
  scopes: readonly Scope[],
): Promise<ReadonlyMap<Scope, ScopeProgress>> {
  const doneKeys = new Map(scopes.map((scope) => [scope, new Set<string>()]));
  const checkpoints = new Map<Scope, CheckpointRecord>();
  for await (const record of records) {
    const scope = scopes.find((candidate) => isOf(candidate, record));
    if (scope === undefined) continue;
    if (record.kind === "outcome") doneKeys.get(scope)?.add(record.key);
    if (record.kind === "checkpoint") {
      // A mark that stays where it was has no more keys before it than it had.
      if (record.upTo !== checkpoints.get(scope)?.upTo) forgetUpTo(record, doneKeys.get(scope));
      checkpoints.set(scope, record);
    }
  }
  return new Map(scopes.map((scope) => [scope, progressOf(checkpoints.get(scope), doneKeys.get(scope))]));
}

function isOf({ bucket, prefix }: Scope, record: JournalRecord): boolean {
  return record.bucket === bucket && ("prefix" in record ? record.prefix === prefix : record.key.startsWith(prefix));
}

function forgetUpTo({ upTo, order }: CheckpointRecord, keys: Set<string> = new Set()): void {
  if (upTo === null) return;
  const compare = compareKeysIn(order ?? "utf-8");
  for (const key of keys) if (compare(key, upTo) <= 0) keys.delete(key);
}

function progressOf(
  checkpoint: CheckpointRecord | undefined,
  doneKeys: ReadonlySet<string> = new Set(),
): ScopeProgress {
  if (checkpoint === undefined) return { ...NOT_STARTED, doneKeys };
  const { upTo, listed, filteredOut, end, order = "utf-8" } = checkpoint;
  return { upTo, listed, filteredOut, end, doneKeys, order };
}
