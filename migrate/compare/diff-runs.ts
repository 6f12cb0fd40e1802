import { UsageError } from "../errors.js";
import { openVerifiedFolder, type VerifiedFolder } from "../evidence/verified-folder.js";
import { readJournal } from "../journal/read-journal.js";
import type { PublicKey } from "../keys/public-key.js";
import { externalSort, type Sorted } from "../list/external-sort.js";
import { joinSorted } from "../list/sorted.js";
import { byteOrder } from "../model/key-order.js";
import { createSummaryFold } from "../report/summary-fold.js";
import { addToTally, emptyTally, type MutableTally } from "../report/tally.js";
import {
  CHANGES,
  type Change,
  type Coverage,
  compareKey,
  coverageOf,
  type Difference,
  type SeenEntry,
  seenEntries,
} from "./compare-key.js";

/** One of the two compared runs. */
export interface ComparedRun {
  readonly runDir: string;
  /** Digest of its journal and run.json: `sha256sum journal/*.ndjson run.json | sha256sum`. */
  readonly digest: string;
  readonly command: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface DiffResult {
  readonly earlier: ComparedRun;
  readonly later: ComparedRun;
  /** The given keys that have signed both runs; empty if no keys were given. */
  readonly signedBy: readonly string[];
  readonly totals: DiffTotals;
  /**
   * Number of compared objects and noncurrent versions. If it is 0, the two runs have nothing in common to
   * compare.
   */
  readonly compared: number;
}

export interface DiffOptions {
  /**
   * Each of them must have signed both folders.
   * @default none: no signature is required
   */
  readonly publicKeys?: readonly PublicKey[];
  /**
   * Called and awaited for every difference, in order of buckets and keys. Unchanged objects are only
   * counted.
   */
  readonly onDifference?: (difference: Difference) => void | Promise<void>;
}

/**
 * Compares the objects of two runs. Verifies both folders first. Memory does not grow with the journals.
 *
 * @throws UsageError if a folder does not verify, or if the two runs are of different stores
 */
export async function diffRuns(earlierDir: string, laterDir: string, options: DiffOptions = {}): Promise<DiffResult> {
  const { publicKeys = [] } = options;
  const earlier = await openVerifiedFolder(earlierDir, "diff", publicKeys);
  const later = await openVerifiedFolder(laterDir, "diff", publicKeys);
  refuseOtherStore(earlier, later);
  const sorted: Sorted<SeenEntry>[] = [];
  try {
    const sides = { earlier: await sideOf(earlier, sorted), later: await sideOf(later, sorted) };
    const totals = createDiffTotals();
    const coverage = { earlier: sides.earlier.coverage, later: sides.later.coverage };
    for await (const { left, right } of joinSorted(sides.earlier.entries.read(), sides.later.entries.read())) {
      for (const difference of compareKey({ earlier: left, later: right }, coverage)) {
        totals.add(difference);
        if (difference.change !== "same") await options.onDifference?.(difference);
      }
    }
    const result = totals.result();
    const compared = comparedCount(result);
    const signedBy = publicKeys.map(({ keyid }) => keyid);
    return { earlier: comparedRun(earlier), later: comparedRun(later), signedBy, totals: result, compared };
  } finally {
    for (const { close } of sorted) await close();
  }
}

interface Side {
  readonly entries: Sorted<SeenEntry>;
  readonly coverage: Coverage;
}

async function sideOf({ runDir, run, checkUnchanged }: VerifiedFolder, opened: Sorted<SeenEntry>[]): Promise<Side> {
  const fold = createSummaryFold(run.scopes);
  async function* entriesOfJournal() {
    for await (const record of readJournal(runDir)) {
      fold.add(record);
      yield* seenEntries(record);
    }
  }
  // A bucket name contains no slash.
  const orderOf = ({ bucket, key }: SeenEntry) => `${bucket}/${byteOrder(key)}`;
  const entries = await externalSort(entriesOfJournal(), { orderOf });
  opened.push(entries);
  await checkUnchanged();
  return { entries, coverage: coverageOf(run, fold.result()) };
}

function refuseOtherStore(earlier: VerifiedFolder, later: VerifiedFolder): void {
  if (earlier.run.endpoint === later.run.endpoint) return;
  throw new UsageError([
    `diff: "${earlier.runDir}" is a run at ${earlier.run.endpoint}, and "${later.runDir}" at ${later.run.endpoint}: give two runs of the same store`,
  ]);
}

function comparedRun({ runDir, digest, run: { command, sessions } }: VerifiedFolder): ComparedRun {
  const { startedAt = null } = sessions[0] ?? {};
  return { runDir, digest, command, startedAt, endedAt: sessions.at(-1)?.endedAt ?? null };
}

export interface DiffTotals {
  readonly objects: Readonly<Record<Change, MutableTally>>;
  readonly olderVersions: Readonly<Record<Change, MutableTally>>;
  /** The new ones in plaintext. */
  readonly newUnencrypted: { readonly objects: MutableTally; readonly olderVersions: MutableTally };
}

/** Number of objects and noncurrent versions that both runs could have reached and at least one did. */
function comparedCount({ objects, olderVersions }: DiffTotals): number {
  const compared = CHANGES.filter((change) => change !== "not-compared");
  return compared.reduce((sum, change) => sum + objects[change].objects + olderVersions[change].objects, 0);
}

/**
 * Counts differences as they arrive. Sizes are those now, or the earlier ones if the object no longer exists.
 */
function createDiffTotals(): { add(difference: Difference): void; result(): DiffTotals } {
  const totals = {
    objects: byChange(),
    olderVersions: byChange(),
    newUnencrypted: { objects: emptyTally(), olderVersions: emptyTally() },
  };
  return {
    add({ change, subject, earlier, later }) {
      const of = subject === "object" ? "objects" : "olderVersions";
      const bytes = (later ?? earlier)?.sizeBytes ?? 0;
      addToTally(totals[of][change], bytes);
      if (change === "new" && later?.state === "none") addToTally(totals.newUnencrypted[of], bytes);
    },
    result: () => totals,
  };
}

function byChange(): Record<Change, MutableTally> {
  return Object.fromEntries(CHANGES.map((change) => [change, emptyTally()])) as Record<Change, MutableTally>;
}
