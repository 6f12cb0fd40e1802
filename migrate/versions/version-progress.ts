import type { JournalRecord } from "../journal/record.js";
import type { RemovalRecord } from "../journal/replay-record.js";
import type { Scope } from "../journal/run-record.js";
import type { VersionCheckpoint } from "../journal/version-record.js";
import { compareKeysIn } from "../list/key-order.js";

/** Where the walk over a scope's versions goes on, and what is done already beyond that point. */
export interface VersionProgress {
  readonly checkpoint: VersionCheckpoint | null;
  /** Version ids by key, after the checkpoint, that have their record. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>;
  /** Were about to be removed, and have no record: nobody knows whether they are. */
  readonly removals: readonly RemovalRecord[];
}

export const WALK_NOT_STARTED: VersionProgress = { checkpoint: null, done: new Map(), removals: [] };

/** Folds a journal into the place where the walk over a scope's versions stopped. */
export async function versionProgress(records: AsyncIterable<JournalRecord>, scope: Scope): Promise<VersionProgress> {
  let checkpoint: VersionCheckpoint | null = null;
  const done = new Map<string, Set<string>>();
  const removals = new Map<string, RemovalRecord>();
  for await (const record of records) {
    if (record.bucket !== scope.bucket) continue;
    if (record.kind === "version-checkpoint" && record.prefix === scope.prefix) {
      forgetUpTo(record, checkpoint, done);
      checkpoint = record;
    }
    if (record.kind !== "version" && record.kind !== "removal") continue;
    if (!record.key.startsWith(scope.prefix)) continue;
    const versionId = record.before.versionId ?? "null";
    const version = JSON.stringify([record.key, versionId]);
    if (record.kind === "removal") {
      removals.set(version, record);
      continue;
    }
    removals.delete(version);
    done.set(record.key, (done.get(record.key) ?? new Set()).add(versionId));
  }
  return { checkpoint, done, removals: [...removals.values()] };
}

/** A mark that stays where it was has no more keys before it than it had. */
function forgetUpTo(
  { upTo, order }: VersionCheckpoint,
  earlier: VersionCheckpoint | null,
  done: Map<string, Set<string>>,
): void {
  if (upTo === null || upTo === earlier?.upTo) return;
  const compare = compareKeysIn(order ?? "utf-8");
  for (const key of done.keys()) if (compare(key, upTo) <= 0) done.delete(key);
}
