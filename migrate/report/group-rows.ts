import type { BaselineUse, ReadOfAllBecause } from "../journal/input-records.js";
import type { EncryptionState } from "../model/encryption.js";
import type { Group, Groups } from "./groups.js";
import type { Language, Sentence } from "./language.js";
import type { Totals } from "./summary.js";
import { emptyTally, sumOf, type Tally } from "./tally.js";

export interface GroupRow {
  readonly name: string;
  /** All its objects with an outcome. */
  readonly objects: Tally;
  /** Unencrypted objects, before and now. */
  readonly before: Tally;
  readonly now: Tally;
  readonly group: Group;
}

export interface GroupRows {
  readonly rows: readonly GroupRow[];
  /** The groups without a row, and the objects that were combined while counting. */
  readonly left: { readonly groups: number; readonly objects: number; readonly folded: number };
}

/** The groups with the most unencrypted objects, up to `most`, in the order of the summary. */
export function groupRows<N>(
  { groups, others }: Groups<N>,
  nameOf: (group: N & Group) => string,
  most: number,
): GroupRows {
  const all = groups.map((group) => rowOf(nameOf(group), group));
  const worst = all
    .map((row, index) => ({ row, index }))
    .toSorted((left, right) => worse(left.row, right.row) || left.index - right.index)
    .slice(0, most)
    .toSorted((left, right) => left.index - right.index)
    .map(({ row }) => row);
  const shown = new Set(worst);
  const leftOut = all.filter((row) => !shown.has(row));
  const folded = others === null ? 0 : sumOf(Object.values(others.outcomes)).objects;
  return {
    rows: worst,
    left: { groups: leftOut.length, objects: sumOf(leftOut.map(({ objects }) => objects)).objects, folded },
  };
}

/** A sentence about the groups without a row; `null` if there are none. */
export function othersWords({ groups, objects: n, folded }: GroupRows["left"], { say }: Language): string | null {
  const parts = [
    ...(groups > 0 ? [say("{groups} more with {n} {n|object|objects} are in summary.json", { groups, n })] : []),
    ...(folded > 0 ? [say("{n} {n|object|objects} of still others were counted together", { n: folded })] : []),
  ];
  return parts.length === 0 ? null : `${parts.join("; ")}.`;
}

function worse(left: GroupRow, right: GroupRow): number {
  return right.now.objects - left.now.objects || right.objects.objects - left.objects.objects;
}

function rowOf(name: string, group: Group): GroupRow {
  return {
    name,
    objects: sumOf(Object.values(group.outcomes)),
    before: group.statesBefore.none ?? emptyTally(),
    now: group.statesNow.none ?? emptyTally(),
    group,
  };
}

/** From most to least important for a reader. */
export const STATE_ORDER: readonly EncryptionState[] = [
  "none",
  "unknown",
  "sse-c",
  "provider-managed",
  "sse-s3",
  "sse-kms",
  "dsse-kms",
];

/**
 * The states that occurred before or now. `none` is always included, since its zero is the point of the
 * report.
 */
export function seenStates({ statesBefore, statesNow }: Totals): readonly EncryptionState[] {
  return STATE_ORDER.filter(
    (state) => state === "none" || statesBefore[state].objects > 0 || statesNow[state].objects > 0,
  );
}

/** Why an object was read although there was a baseline. */
const READ_WORDS = {
  "not-in-baseline": "read: not in the baseline",
  changed: "read: listed with another version, ETag, size or date",
  sampled: "read for the sample: changed meanwhile, or not readable",
  "just-written": "read: the baseline saw it within two seconds of its last write",
  failed: "read: failed in the baseline",
  "no-evidence": "read: its line in the baseline is no answer of the store",
  "customer-key": "read: under a customer key",
  plaintext: "read: not encrypted, so what a migration would do may have changed",
  "two-lines": "read: the baseline has two lines about it",
  "version-not-listed": "read: its version is not listed",
  discarded: "read: the baseline was discarded",
  "left-out": "read: the baseline was left out",
  "not-looked-up": "not looked up in the baseline",
} as const satisfies Readonly<Record<ReadOfAllBecause, Sentence>>;

/** How many of the objects a baseline could be used for, and why not for the others. They add up. */
export function baselineRows({ used, confirmed, read }: BaselineUse, { say }: Language): [string, number][] {
  const because = Object.entries(read) as [ReadOfAllBecause, number][];
  return [
    [say("not read: unchanged since the baseline"), used],
    [say("read for the sample: as the baseline says"), confirmed],
    ...because.map(([reason, count]): [string, number] => [say(READ_WORDS[reason]), count]),
  ];
}
