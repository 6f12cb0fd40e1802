import type { RemovalRecord, VersionCheckpoint } from "../journal/observation.js";
import type { JournalRecord } from "../journal/record.js";
import { unplacedDetail } from "../journal/resume.js";
import { SettledKeys, Watermark } from "../journal/watermark.js";
import { compareKeysIn, type KeyOrder } from "../model/key-order.js";
import type { Scope } from "../model/scope.js";

/**
 * The mark of a scope's noncurrent versions: listed by key and done in any order. The last key listed may
 * have more versions to come, unless the listing has ended.
 */
export class VersionWatermark {
  readonly #scope: Scope;
  readonly #mark: Watermark<"listed" | "filteredOut" | "deleteMarkers">;
  readonly #settled: SettledKeys;
  readonly #done: VersionProgress["done"];

  constructor(scope: Scope, { checkpoint, done, hasUnplaced }: VersionProgress) {
    this.#scope = scope;
    const { upTo = null, order = "utf-8", listed = 0, filteredOut = 0, deleteMarkers = 0 } = checkpoint ?? {};
    this.#mark = new Watermark({ upTo, order, counts: { listed, filteredOut, deleteMarkers }, keysRepeat: true });
    this.#done = done;
    this.#settled = new SettledKeys(done.keys(), order);
    if (hasUnplaced) this.#mark.hold();
  }

  /**
   * Takes the next noncurrent version. Returns `null` if there is nothing to do, else what to call once it is
   * done.
   */
  list(key: string, versionId: string, inScope: boolean): (() => void) | null {
    const entry = this.#entryOf(key);
    // Finished versions were counted with their key, whether they are still listed or not.
    if (this.#done.get(key)?.has(versionId)) return null;
    if (!inScope) {
      entry.counts.filteredOut += 1;
      return null;
    }
    entry.counts.listed += 1;
    entry.open += 1;
    return () => {
      entry.open -= 1;
    };
  }

  /**
   * The next key cannot be decoded, so its place is not known: the mark stays before it until the listing has
   * ended.
   */
  hold(): void {
    this.#mark.hold();
  }

  marker(key: string): void {
    this.#entryOf(key).counts.deleteMarkers += 1;
  }

  get order(): KeyOrder {
    return this.#mark.order;
  }

  /** `end`: the listing was read to its end, and all of it is settled. */
  checkpoint(at: Date, end: boolean, refused: string | null = null): VersionCheckpoint {
    if (end) this.#passTo(null);
    this.#mark.advance(end);
    return {
      kind: "version-checkpoint",
      ...this.#scope,
      upTo: this.#mark.upTo,
      ...this.#mark.counts,
      end,
      refused,
      ...(this.order === "utf-16" && { order: this.order }),
      at: at.toISOString(),
    };
  }

  #entryOf(key: string) {
    const last = this.#mark.waiting.at(-1);
    if (last?.lastKey === key) return last;
    this.#mark.see(key);
    this.#passTo(key);
    return this.#push(key, this.#settled.take(key));
  }

  #push(key: string, isDone: boolean) {
    const entry = this.#mark.push(key);
    if (isDone) entry.counts.listed = this.#done.get(key)?.size ?? 0;
    return entry;
  }

  /** Keys that are done and no longer listed still count. */
  #passTo(key: string | null): void {
    for (const passed of this.#settled.passTo(key)) this.#push(passed, true);
  }
}

/** The position at which the walk over a scope's versions continues, and the work already done beyond it. */
export interface VersionProgress {
  readonly checkpoint: VersionCheckpoint | null;
  /** IDs of the versions after the checkpoint that have a record, by key. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>;
  /** Some of these keys are undecodable, so their position in the listing is unknown. */
  readonly hasUnplaced: boolean;
  /** Versions that were about to be removed and have no record. It is unknown whether they still exist. */
  readonly removals: readonly RemovalRecord[];
}

export const WALK_NOT_STARTED: VersionProgress = {
  checkpoint: null,
  done: new Map(),
  hasUnplaced: false,
  removals: [],
};

/** Reads a journal and returns the position at which the walk over a scope's versions stopped. */
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
    addVersion(unplacedDetail(record) === null ? done : unplaced, record.key, [versionId]);
  }
  for (const [key, versionIds] of unplaced) addVersion(done, key, versionIds);
  return { checkpoint, done, hasUnplaced: unplaced.size > 0, removals: [...removals.values()] };
}

function isOf({ bucket, prefix }: Scope, record: JournalRecord): boolean {
  return record.bucket === bucket && ("prefix" in record ? record.prefix === prefix : record.key.startsWith(prefix));
}

function addVersion(versions: Map<string, Set<string>>, key: string, versionIds: Iterable<string>): void {
  versions.set(key, new Set([...(versions.get(key) ?? []), ...versionIds]));
}

/** If the checkpoint did not move, no further keys lie before it. */
function forgetUpTo(
  { upTo, order }: VersionCheckpoint,
  earlier: VersionCheckpoint | null,
  done: Map<string, Set<string>>,
): void {
  if (upTo === null || upTo === earlier?.upTo) return;
  const compare = compareKeysIn(order ?? "utf-8");
  for (const key of done.keys()) if (compare(key, upTo) <= 0) done.delete(key);
}
