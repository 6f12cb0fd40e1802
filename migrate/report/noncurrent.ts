import type { VersionCheckpoint, VersionOutcomeKind, VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { areComplete } from "../model/key-range.js";
import { VERSION_LEFT_REASONS, type VersionLeftReason } from "../model/reason.js";
import { ENGLISH, type Language } from "./language.js";
import { addToTally, emptyTally, type MutableTally, orderedTallies, sumOf, sumsOf, type Tally } from "./tally.js";

/** Noncurrent versions, separate from the objects. */
export interface NoncurrentTotals {
  /** Counted by the lister, independently of the outcomes. */
  readonly listed: number;
  readonly filteredOut: number;
  readonly deleteMarkers: number;
  readonly outcomes: Readonly<Record<VersionOutcomeKind, MutableTally>>;
  /** Why the unencrypted ones still exist. */
  readonly plaintextBecause: Readonly<Partial<Record<VersionLeftReason, MutableTally>>>;
  /** When the locks that keep some of them from being removed end; `null` if none is locked. */
  readonly locks: LockTotals | null;
  /** Noncurrent versions that this run re-created encrypted. They were listed afterwards, with their new state. */
  readonly replayed: MutableTally;
  /** Plaintext that stayed beneath this run's copies. It is among the listed versions. Absent if there is none. */
  readonly made?: MutableTally;
  /** Why they could not all be examined, in the store's words. */
  readonly refused: string | null;
  /** listed = encrypted + plaintext + removed + unproven + failed + vanished, and the listing is complete. */
  readonly closes: boolean;
}

interface LockTotals {
  /** ISO 8601; `null` if every lock is a legal hold. */
  readonly firstEnds: string | null;
  readonly lastEnds: string | null;
  /** Legal holds, which have no end date. */
  readonly withoutEnd: number;
}

export interface NoncurrentFold {
  readonly outcomes: Record<VersionOutcomeKind, MutableTally>;
  readonly plaintextBecause: Partial<Record<VersionLeftReason, MutableTally>>;
  readonly replayed: MutableTally;
  readonly made: MutableTally;
  locks: LockTotals | null;
  /** The last checkpoint of each range of keys, by the key that it begins after. */
  readonly checkpoints: Map<string | null, VersionCheckpoint>;
}

export function emptyNoncurrent(): NoncurrentFold {
  const outcomes = Object.fromEntries(VERSION_OUTCOME_KINDS.map((kind) => [kind, emptyTally()]));
  return {
    outcomes: outcomes as NoncurrentFold["outcomes"],
    plaintextBecause: {},
    replayed: emptyTally(),
    made: emptyTally(),
    locks: null,
    checkpoints: new Map(),
  };
}

export function addVersion(fold: NoncurrentFold, { outcome, before }: VersionRecord): void {
  addToTally(fold.outcomes[outcome.kind], before.sizeBytes);
  if (outcome.kind !== "plaintext") return;
  const because = fold.plaintextBecause[outcome.reason] ?? emptyTally();
  fold.plaintextBecause[outcome.reason] = because;
  addToTally(because, before.sizeBytes);
  if (outcome.reason === "locked") fold.locks = withLock(fold.locks, outcome.until);
}

function withLock(locks: LockTotals | null, until: string | null): LockTotals {
  const { firstEnds, lastEnds, withoutEnd } = locks ?? { firstEnds: null, lastEnds: null, withoutEnd: 0 };
  const endMs = Date.parse(until ?? "");
  if (Number.isNaN(endMs)) return { firstEnds, lastEnds, withoutEnd: withoutEnd + 1 };
  // Stores write the same instant with and without fractions of a second.
  const ends = new Date(endMs).toISOString();
  return {
    firstEnds: firstEnds === null || ends < firstEnds ? ends : firstEnds,
    lastEnds: lastEnds === null || ends > lastEnds ? ends : lastEnds,
    withoutEnd,
  };
}

export function addReplayed(fold: NoncurrentFold, { replayed = [] }: OutcomeRecord): void {
  for (const { after } of replayed) addToTally(fold.replayed, after.sizeBytes);
}

/** `undefined` if noncurrent versions were not listed. */
export function noncurrentOfScope(fold: NoncurrentFold): NoncurrentTotals | undefined {
  const { checkpoints, outcomes, replayed, locks, made } = fold;
  const ranges = [...checkpoints.values()];
  const recorded = sumOf(Object.values(outcomes)).objects;
  if (ranges.length === 0 && recorded === 0 && replayed.objects === 0) return undefined;
  const counts = sumsOf(COUNTS, ranges);
  const because = { plaintextBecause: orderedTallies(fold.plaintextBecause, VERSION_LEFT_REASONS), locks };
  const found = { ...counts, outcomes, ...because, replayed, ...(made.objects > 0 && { made }) };
  return { ...found, refused: whyOf(ranges), closes: counts.listed === recorded && areComplete(ranges) };
}

const COUNTS = ["listed", "filteredOut", "deleteMarkers"] as const;
const whyOf = (of: readonly { refused: string | null }[]) => of.find((one) => one.refused !== null)?.refused ?? null;

export function noncurrentOfAll(
  fold: NoncurrentFold,
  scopes: readonly (NoncurrentTotals | undefined)[],
): NoncurrentTotals | undefined {
  const looked = scopes.filter((scope) => scope !== undefined);
  if (looked.length === 0) return undefined;
  const counts = sumsOf(COUNTS, looked);
  return {
    ...counts,
    outcomes: fold.outcomes,
    plaintextBecause: orderedTallies(fold.plaintextBecause, VERSION_LEFT_REASONS),
    locks: fold.locks,
    replayed: fold.replayed,
    ...(fold.made.objects > 0 && { made: fold.made }),
    refused: whyOf(looked),
    closes: looked.every(({ closes }) => closes) && counts.listed === sumOf(Object.values(fold.outcomes)).objects,
  };
}

/** Sentences about the noncurrent versions for the reader. */
export function noncurrentDetail(noncurrent: NoncurrentTotals | undefined, lang: Language): string[] {
  if (noncurrent === undefined) return [];
  const { say } = lang;
  const { outcomes, replayed, plaintextBecause } = noncurrent;
  const { plaintext, removed, unproven, failed } = outcomes;
  const locked = plaintextBecause.locked?.objects ?? 0;
  const counted = ({ objects, bytes }: Tally) => ({ n: objects, size: lang.bytes(bytes) });
  const there = counted(plaintext);
  const n = unproven.objects + failed.objects;
  return [
    ...sentenceIfAny(
      plaintext.objects,
      locked === 0
        ? say("{n} noncurrent {n|version|versions} ({size}) in plaintext {n|is|are} still there.", there)
        : say(
            "{n} noncurrent {n|version|versions} ({size}) in plaintext {n|is|are} still there, of which {locked} locked: they cannot comply before the dates in the list.",
            { ...there, locked },
          ),
    ),
    ...sentenceIfAny(
      replayed.objects,
      say("{n} noncurrent {n|version|versions} re-created encrypted ({size}).", counted(replayed)),
    ),
    ...sentenceIfAny(
      removed.objects,
      say("{n} noncurrent {n|version|versions} in plaintext removed ({size}).", counted(removed)),
    ),
    ...sentenceIfAny(n, say("The encryption of {n} noncurrent {n|version|versions} could not be determined.", { n })),
  ];
}

/** How many were seen to be encrypted, in a sentence. */
export function noncurrentSeen(
  noncurrent: NoncurrentTotals | undefined,
  { buckets }: RunRecord,
  { say }: Language,
): string {
  if (noncurrent === undefined) {
    const keepsNone = buckets.length > 0 && buckets.every(({ versioning }) => versioning === "never");
    return say(keepsNone ? "No bucket keeps noncurrent versions." : "Noncurrent versions were not looked at.");
  }
  const { encrypted, plaintext, unproven, failed } = noncurrent.outcomes;
  const n = encrypted.objects + plaintext.objects + unproven.objects + failed.objects;
  return say("{seen} of {n} noncurrent {n|version|versions} seen to be encrypted at rest.", {
    seen: encrypted.objects,
    n,
  });
}

/** A sentence on whether the sum of the noncurrent versions adds up. */
export function noncurrentClosingWords(noncurrent: NoncurrentTotals, { say } = ENGLISH): string {
  const { closes, listed, outcomes, refused } = noncurrent;
  if (closes) return say("The totals of the noncurrent versions add up, and every listing of them was complete.");
  const recorded = sumOf(Object.values(outcomes)).objects;
  const why =
    refused === null
      ? say("a listing of them was interrupted")
      : say("not all of them could be examined: {refused}", { refused });
  return say(
    "The totals of the noncurrent versions do not add up ({listed} listed, {recorded} with an outcome): {why}.",
    { listed, recorded, why },
  );
}

function sentenceIfAny(count: number, sentence: string): string[] {
  return count > 0 ? [sentence] : [];
}

export const VERSION_OUTCOME_WORDS = {
  encrypted: "encrypted",
  plaintext: "not encrypted",
  removed: "removed",
  unproven: "could not be proven encrypted",
  failed: "failed",
  vanished: "vanished",
} as const satisfies Readonly<Record<VersionOutcomeKind, string>>;

/** In the order of the sum. */
export const VERSION_OUTCOME_KINDS = Object.keys(VERSION_OUTCOME_WORDS) as readonly VersionOutcomeKind[];
