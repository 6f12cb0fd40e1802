import type { VersionCheckpoint, VersionOutcome, VersionOutcomeKind, VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { REASON_WORDS, VERSION_LEFT_REASONS, VERSION_LEFT_WORDS, type VersionLeftReason } from "../model/reason.js";
import { countOf, formatBytes, formatCount } from "../model/text.js";
import { addToTally, emptyTally, type MutableTally, sumOf } from "./tally.js";

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
  locks: LockTotals | null;
  checkpoint: VersionCheckpoint | undefined;
}

export function emptyNoncurrent(): NoncurrentFold {
  const outcomes = Object.fromEntries(VERSION_OUTCOME_KINDS.map((kind) => [kind, emptyTally()]));
  return {
    outcomes: outcomes as NoncurrentFold["outcomes"],
    plaintextBecause: {},
    replayed: emptyTally(),
    locks: null,
    checkpoint: undefined,
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
  const { checkpoint, outcomes, replayed, locks } = fold;
  const recorded = sumOf(Object.values(outcomes)).objects;
  if (checkpoint === undefined && recorded === 0 && replayed.objects === 0) return undefined;
  const { listed = 0, filteredOut = 0, deleteMarkers = 0, refused = null, end = false } = checkpoint ?? {};
  const closes = end && listed === recorded;
  const because = { plaintextBecause: ordered(fold), locks };
  return { listed, filteredOut, deleteMarkers, outcomes, ...because, replayed, refused, closes };
}

export function noncurrentOfAll(
  fold: NoncurrentFold,
  scopes: readonly (NoncurrentTotals | undefined)[],
): NoncurrentTotals | undefined {
  const looked = scopes.filter((scope) => scope !== undefined);
  if (looked.length === 0) return undefined;
  const sum = (count: "listed" | "filteredOut" | "deleteMarkers") =>
    looked.reduce((total, scope) => total + scope[count], 0);
  const listed = sum("listed");
  return {
    listed,
    filteredOut: sum("filteredOut"),
    deleteMarkers: sum("deleteMarkers"),
    outcomes: fold.outcomes,
    plaintextBecause: ordered(fold),
    locks: fold.locks,
    replayed: fold.replayed,
    refused: looked.find(({ refused }) => refused !== null)?.refused ?? null,
    closes: looked.every(({ closes }) => closes) && listed === sumOf(Object.values(fold.outcomes)).objects,
  };
}

/** In a fixed order, so that the same counts give the same text. */
function ordered({ plaintextBecause }: NoncurrentFold): NoncurrentTotals["plaintextBecause"] {
  const present = VERSION_LEFT_REASONS.filter((reason) => plaintextBecause[reason] !== undefined);
  return Object.fromEntries(present.map((reason) => [reason, plaintextBecause[reason]]));
}

const VERSIONS = "noncurrent version";

/** Sentences about the noncurrent versions for the reader. */
export function noncurrentDetail(noncurrent: NoncurrentTotals | undefined): string[] {
  if (noncurrent === undefined) return [];
  const { outcomes, replayed, plaintextBecause } = noncurrent;
  const { plaintext, removed, unproven, failed } = outcomes;
  const locked = plaintextBecause.locked?.objects ?? 0;
  const unseen = unproven.objects + failed.objects;
  return [
    ...sentenceIfAny(
      plaintext.objects,
      `${countOf(plaintext.objects, VERSIONS)} (${formatBytes(plaintext.bytes)}) in plaintext ${plaintext.objects === 1 ? "is" : "are"} still there${locked > 0 ? `, of which ${formatCount(locked)} locked: they cannot comply before the dates in the list` : ""}.`,
    ),
    ...sentenceIfAny(
      replayed.objects,
      `${countOf(replayed.objects, VERSIONS)} re-created encrypted (${formatBytes(replayed.bytes)}).`,
    ),
    ...sentenceIfAny(
      removed.objects,
      `${countOf(removed.objects, `${VERSIONS} in plaintext`, `${VERSIONS}s in plaintext`)} removed (${formatBytes(removed.bytes)}).`,
    ),
    ...sentenceIfAny(unseen, `The encryption of ${countOf(unseen, VERSIONS)} could not be determined.`),
  ];
}

/** A sentence on whether the sum of the noncurrent versions adds up. */
export function noncurrentClosingWords({ closes, listed, outcomes, refused }: NoncurrentTotals): string {
  if (closes) return "The totals of the noncurrent versions add up, and every listing of them was complete.";
  const recorded = sumOf(Object.values(outcomes)).objects;
  const why = refused === null ? "a listing of them was interrupted" : `not all of them could be examined: ${refused}`;
  return `The totals of the noncurrent versions do not add up (${formatCount(listed)} listed, ${formatCount(recorded)} with an outcome): ${why}.`;
}

function sentenceIfAny(count: number, sentence: string): string[] {
  return count > 0 ? [sentence] : [];
}

export const VERSION_OUTCOME_WORDS: Readonly<Record<VersionOutcomeKind, string>> = {
  encrypted: "encrypted",
  plaintext: "not encrypted",
  removed: "removed",
  unproven: "could not be proven encrypted",
  failed: "failed",
  vanished: "vanished",
};

/** In the order of the sum. */
export const VERSION_OUTCOME_KINDS = Object.keys(VERSION_OUTCOME_WORDS) as readonly VersionOutcomeKind[];

/** The reason for the outcome of a noncurrent version. */
export function versionReasonWords(outcome: VersionOutcome): string {
  switch (outcome.kind) {
    case "plaintext":
      return VERSION_LEFT_WORDS[outcome.reason];
    case "removed":
      return "not encrypted: removed by this run";
    case "vanished":
      return REASON_WORDS.vanished;
    case "encrypted":
    case "unproven":
    case "failed":
      return REASON_WORDS[outcome.reason];
  }
}

/** Whether an auditor should look at it individually. */
export function isVersionException({ outcome }: VersionRecord): boolean {
  return outcome.kind !== "encrypted" && outcome.kind !== "removed";
}
