import { isAbsent, type JournalRecord, type Observation, type OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { EncryptionState } from "../model/encryption.js";
import { indexScopes } from "../model/scope.js";
import type { ScopeTotals, Summary } from "../report/summary.js";
import { isNamedVersion } from "./baseline-entry.js";

/** The change of one object, or of one of its noncurrent versions. */
export interface Difference {
  readonly change: Change;
  readonly bucket: string;
  readonly key: string;
  readonly subject: "object" | "older-version";
  /** For a noncurrent version. */
  readonly versionId: string | null;
  readonly earlier: Observation | null;
  readonly later: Observation | null;
}

interface Sides<T> {
  readonly earlier: T;
  readonly later: T;
}

/** Compares the observations of one key in two runs. Pure. */
export function compareKey(entries: Sides<readonly SeenEntry[]>, coverage: Sides<Coverage>): readonly Difference[] {
  const [place] = [...entries.earlier, ...entries.later];
  if (place === undefined) return [];
  const { bucket, key } = place;
  const sides = { earlier: sideOf(entries.earlier), later: sideOf(entries.later) };
  const of = (
    subject: Difference["subject"],
    versionId: string | null,
    seen: Sides<Observation | null | undefined>,
  ) => {
    const covers = (side: Coverage) => (subject === "object" ? side.objects(bucket, key) : side.versions(bucket, key));
    const change = changeBetween(seen, { earlier: covers(coverage.earlier), later: covers(coverage.later) });
    if (change === null) return [];
    return [{ change, bucket, key, subject, versionId, earlier: seen.earlier ?? null, later: seen.later ?? null }];
  };
  return [
    ...of("object", null, { earlier: sides.earlier.current, later: sides.later.current }),
    ...olderVersions(sides).flatMap(({ versionId, ...seen }) => of("older-version", versionId, seen)),
  ];
}

interface Side {
  /** `undefined` if the run has no statement about the object, `null` if the object did not exist. */
  readonly current: Observation | null | undefined;
  readonly older: ReadonlyMap<string, Observation | null>;
}

function sideOf(entries: readonly SeenEntry[]): Side {
  const current = entries.findLast(({ olderVersion }) => olderVersion === null)?.seen;
  const older = entries.flatMap(({ olderVersion, seen }) =>
    olderVersion === null ? [] : [[olderVersion, seen] as const],
  );
  return { current, older: new Map(older) };
}

/**
 * The versions that are noncurrent now, plus those that were noncurrent then and are not current now. A
 * version that was current then and was overwritten is noncurrent now.
 */
function olderVersions({ earlier, later }: Sides<Side>) {
  const idNow = later.current?.versionId ?? null;
  const ids = new Set([...later.older.keys(), ...[...earlier.older.keys()].filter((id) => id !== idNow)]);
  return [...ids].map((versionId) => ({
    versionId,
    earlier: earlier.older.get(versionId) ?? (earlier.current?.versionId === versionId ? earlier.current : undefined),
    later: later.older.get(versionId),
  }));
}

/** `null` if the object existed in neither run. */
function changeBetween(
  { earlier, later }: Sides<Observation | null | undefined>,
  covered: Sides<boolean>,
): Change | null {
  if (earlier && later) return changeOf(earlier.state, later.state);
  if (later) return earlier === null || covered.earlier ? "new" : "not-compared";
  if (earlier) return later === null || covered.later ? "gone" : "not-compared";
  return null;
}

/** The observation of an object, or of one of its noncurrent versions, in a run. */
export interface SeenEntry {
  readonly bucket: string;
  readonly key: string;
  /** `null` for the object itself, whatever its version. */
  readonly olderVersion: string | null;
  /** `null` if it no longer existed. */
  readonly seen: Observation | null;
}

/** The state of the bucket at the end of the run according to one journal line. Pure. */
export function seenEntries(record: JournalRecord): readonly SeenEntry[] {
  const { bucket } = record;
  if (record.kind === "version") {
    const { key, before, outcome } = record;
    const isGone = outcome.kind === "vanished" || outcome.kind === "removed";
    return [{ bucket, key, olderVersion: before.versionId ?? "null", seen: isGone ? null : before }];
  }
  if (record.kind !== "outcome") return [];
  const { key, before, after, outcome } = record;
  // The key belongs to another object, about which the line says nothing.
  if (outcome.kind === "not-found" && outcome.reason === "not-as-named") return [];
  const current = { bucket, key, olderVersion: null, seen: isAbsent(outcome.kind) ? null : (after ?? before) };
  return [current, ...leftBehind(record), ...replayedOf(record)];
}

/** On a versioned bucket, a copy leaves its source behind as a noncurrent version. */
function leftBehind({ bucket, key, before, after }: OutcomeRecord): SeenEntry[] {
  const isOther = after !== null && isNamedVersion(before.versionId) && before.versionId !== after.versionId;
  return isOther ? [{ bucket, key, olderVersion: before.versionId, seen: before }] : [];
}

function replayedOf({ bucket, key, replayed = [] }: OutcomeRecord): SeenEntry[] {
  return replayed.flatMap(({ before, after }) => [
    { bucket, key, olderVersion: before.versionId ?? "null", seen: null },
    { bucket, key, olderVersion: after.versionId ?? "null", seen: after },
  ]);
}

/**
 * The change of an object version between two runs. `encrypted`: it was plaintext and now is not.
 * `regressed`: it was encrypted and now is plaintext. `changed`: any other change of state. `not-compared`:
 * one of the runs could not have reached it.
 */
export const CHANGES = ["encrypted", "regressed", "changed", "new", "gone", "not-compared", "same"] as const;
export type Change = (typeof CHANGES)[number];

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  encrypted: "became encrypted",
  regressed: "regressed: encrypted before, but not now",
  changed: "in another state",
  new: "new",
  gone: "gone",
  "not-compared": "not compared: outside the scope of one run",
  same: "in the same state",
};

/** Classifies the change of state of an object that both runs saw. Pure. */
export function changeOf(earlier: EncryptionState, later: EncryptionState): Change {
  if (earlier === later) return "same";
  if (earlier === "none" && isEncrypted(later)) return "encrypted";
  return isEncrypted(earlier) && later === "none" ? "regressed" : "changed";
}

function isEncrypted(state: EncryptionState): boolean {
  return state !== "none" && state !== "unknown";
}

/**
 * Whether a run would have reached an object. Only then does a missing entry mean that the object did not
 * exist.
 */
export interface Coverage {
  objects(bucket: string, key: string): boolean;
  versions(bucket: string, key: string): boolean;
}

/** The scopes of a run that skipped nothing in them and finished. Pure. */
export function coverageOf(run: RunRecord, summary: Summary): Coverage {
  const isWhole = run.keyManifest === undefined;
  const covered = (isCovered: (scope: ScopeTotals) => boolean) => {
    const scopes = isWhole ? summary.scopes.filter(isCovered) : [];
    const index = indexScopes(scopes, () => true);
    return (bucket: string, key: string) => index.owner(bucket, key) === true;
  };
  const isNeverVersioned = (bucket: string) =>
    run.buckets.find((found) => found.bucket === bucket)?.versioning === "never";
  return {
    objects: covered(({ closes, filteredOut }) => closes && filteredOut === 0),
    versions: covered(({ bucket, noncurrent }) => {
      if (noncurrent === undefined) return isNeverVersioned(bucket);
      return noncurrent.closes && noncurrent.filteredOut === 0;
    }),
  };
}
