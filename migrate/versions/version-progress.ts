import type { RemovalRecord, VersionCheckpoint } from "../journal/observation.js";
import type { JournalRecord } from "../journal/record.js";
import { unplacedDetail } from "../journal/resume.js";
import { compareKeysIn } from "../model/key-order.js";
import type { Scope } from "../model/scope.js";

/** Where the walk over a scope's versions goes on, and what is done already beyond that point. */
export interface VersionProgress {
  readonly checkpoint: VersionCheckpoint | null;
  /** Version ids by key, after the checkpoint, that have their record. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>;
  /** Some of these keys could not be decoded: where they stand in the listing is not known. */
  readonly hasUnplaced: boolean;
  /** Were about to be removed, and have no record: nobody knows whether they are. */
  readonly removals: readonly RemovalRecord[];
}

export const WALK_NOT_STARTED: VersionProgress = {
  checkpoint: null,
  done: new Map(),
  hasUnplaced: false,
  removals: [],
};

/** Folds a journal into the place where the walk over a scope's versions stopped. */
export async function versionProgress(records: AsyncIterable<JournalRecord>, scope: Scope): Promise<VersionProgress> {
  let checkpoint: VersionCheckpoint | null = null;
  const done = new Map<string, Set<string>>();
  const unplaced = new Map<string, Set<string>>();
  const removals = new Map<string, RemovalRecord>();
  for await (const record of records) {
    if (!isOf(scope, record)) continue;
    if (record.kind === "version-checkpoint") {
      forgetUpTo(record, checkpoint, done);
      checkpoint = record;
    }
    if (record.kind !== "version" && record.kind !== "removal") continue;
    const versionId = record.before.versionId ?? "null";
    const version = JSON.stringify([record.key, versionId]);
    if (record.kind === "removal") {
      removals.set(version, record);
      continue;
    }
    removals.delete(version);
    add(unplacedDetail(record) === null ? done : unplaced, record.key, [versionId]);
  }
  for (const [key, versionIds] of unplaced) add(done, key, versionIds);
  return { checkpoint, done, hasUnplaced: unplaced.size > 0, removals: [...removals.values()] };
}

function isOf({ bucket, prefix }: Scope, record: JournalRecord): boolean {
  return record.bucket === bucket && ("prefix" in record ? record.prefix === prefix : record.key.startsWith(prefix));
}

function add(versions: Map<string, Set<string>>, key: string, versionIds: Iterable<string>): void {
  versions.set(key, new Set([...(versions.get(key) ?? []), ...versionIds]));
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
