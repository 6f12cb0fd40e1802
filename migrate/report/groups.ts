import { isAbsent, type OutcomeKind, type OutcomeRecord } from "../journal/record.js";
import { ENCRYPTION_STATES, type EncryptionState } from "../model/encryption.js";
import { indexScopes, type Scope } from "../model/scope.js";
import { visibleText } from "../model/text.js";
import { firstFew, type Language } from "./language.js";
import { addToTally, type MutableTally, OUTCOME_KINDS, orderedTallies, type Tally, tallyOf } from "./tally.js";

/**
 * The objects of one storage class, size band or prefix; absent entries are zero. Each of the three groupings
 * adds up to the totals of the run.
 */
export interface Group {
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, Tally>>>;
  readonly statesBefore: Readonly<Partial<Record<EncryptionState, Tally>>>;
  /** As in the totals, without vanished and not-found objects. */
  readonly statesNow: Readonly<Partial<Record<EncryptionState, Tally>>>;
}

interface GroupFold {
  readonly outcomes: Partial<Record<OutcomeKind, MutableTally>>;
  readonly statesBefore: Partial<Record<EncryptionState, MutableTally>>;
  readonly statesNow: Partial<Record<EncryptionState, MutableTally>>;
}

export interface Groups<N> {
  /** The first groups found, in order of name. */
  readonly groups: readonly (N & Group)[];
  /** All further groups combined; `null` if there are none. */
  readonly others: Group | null;
}

interface GroupsFold<N> {
  add(record: OutcomeRecord): void;
  result(): Groups<N>;
}

interface GroupNaming<N> {
  /** Identifies groups. Its order sorts them. */
  readonly idOf: (record: OutcomeRecord) => string;
  readonly nameOf: (record: OutcomeRecord) => N;
  /** The most groups kept apart, because memory must not grow with the bucket. */
  readonly most: number;
}

function groupsFold<N>({ idOf, nameOf, most }: GroupNaming<N>): GroupsFold<N> {
  const kept = new Map<string, { readonly name: N; readonly fold: GroupFold }>();
  let others: GroupFold | null = null;
  const foldOf = (record: OutcomeRecord): GroupFold => {
    const id = idOf(record);
    const known = kept.get(id);
    if (known !== undefined) return known.fold;
    if (kept.size >= most) {
      others ??= emptyGroup();
      return others;
    }
    const fold = emptyGroup();
    kept.set(id, { name: nameOf(record), fold });
    return fold;
  };
  return {
    add: (record) => addToGroup(foldOf(record), record),
    result: () => ({
      groups: [...kept]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { name, fold }]) => ({ ...name, ...inOrder(fold) })),
      others: others === null ? null : inOrder(others),
    }),
  };
}

function emptyGroup(): GroupFold {
  return { outcomes: {}, statesBefore: {}, statesNow: {} };
}

function addToGroup(fold: GroupFold, { outcome, before, after }: OutcomeRecord): void {
  const now = after ?? before;
  addToTally(tallyOf(fold.outcomes, outcome.kind), now.sizeBytes);
  addToTally(tallyOf(fold.statesBefore, before.state), before.sizeBytes);
  if (!isAbsent(outcome.kind)) addToTally(tallyOf(fold.statesNow, now.state), now.sizeBytes);
}

function inOrder({ outcomes, statesBefore, statesNow }: GroupFold): Group {
  return {
    outcomes: orderedTallies(outcomes, OUTCOME_KINDS),
    statesBefore: orderedTallies(statesBefore, ENCRYPTION_STATES),
    statesNow: orderedTallies(statesNow, ENCRYPTION_STATES),
  };
}

const MAX_PREFIXES = 1000;
const MAX_CLASSES = 50;

/** The objects of the totals, grouped by what an auditor may ask for. */
export interface Breakdowns {
  readonly storageClasses: Groups<{ readonly storageClass: string }>;
  readonly sizes: Groups<{ readonly size: SizeBand }>;
  /** Up to the first `/` after the prefix of their scope. */
  readonly prefixes: Groups<Scope>;
}

interface BreakdownsFold {
  add(record: OutcomeRecord): void;
  result(): Breakdowns;
}

export function breakdownsFold(scopes: readonly Scope[]): BreakdownsFold {
  const prefixOf = prefixNaming(scopes);
  const folds = {
    storageClasses: groupsFold({
      idOf: ({ before }) => before.storageClass,
      nameOf: ({ before }) => ({ storageClass: before.storageClass }),
      most: MAX_CLASSES,
    }),
    sizes: groupsFold({
      idOf: (record) => String(SIZE_BANDS.indexOf(bandOf(record))),
      nameOf: (record) => ({ size: bandOf(record) }),
      most: SIZE_BANDS.length,
    }),
    prefixes: groupsFold({
      idOf: (record) => `${record.bucket}/${prefixOf(record)}`,
      nameOf: (record) => ({ bucket: record.bucket, prefix: prefixOf(record) }),
      most: MAX_PREFIXES,
    }),
  };
  return {
    add(record) {
      for (const fold of Object.values(folds)) fold.add(record);
    },
    result: () => ({
      storageClasses: folds.storageClasses.result(),
      sizes: folds.sizes.result(),
      prefixes: folds.prefixes.result(),
    }),
  };
}

/** The prefix that an object is counted under. */
export function prefixNaming(scopes: readonly Scope[]): (record: OutcomeRecord) => string {
  const index = indexScopes(scopes, ({ prefix }) => prefix);
  return ({ bucket, key }) => firstFolder(key, index.owner(bucket, key) ?? "");
}

function bandOf({ before, after }: OutcomeRecord): SizeBand {
  return sizeBandOf((after ?? before).sizeBytes);
}

function firstFolder(key: string, prefix: string): string {
  const slash = key.indexOf("/", prefix.length);
  return slash === -1 ? prefix : key.slice(0, slash + 1);
}

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Each with its largest size in bytes. The limits are those at which the copy strategy changes. */
const BANDS = [
  ["empty", 0],
  ["up to 128 KiB", 128 * KIB],
  ["up to 1 MiB", MIB],
  ["up to 16 MiB", 16 * MIB],
  ["up to 128 MiB", 128 * MIB],
  ["up to 1 GiB", GIB],
  ["up to 5 GiB", 5 * GIB],
  ["above 5 GiB", Number.POSITIVE_INFINITY],
] as const;

type SizeBand = (typeof BANDS)[number][0];
export const SIZE_BANDS = BANDS.map(([name]) => name);

export function sizeBandOf(sizeBytes: number): SizeBand {
  return BANDS.find(([, most]) => sizeBytes <= most)?.[0] ?? "above 5 GiB";
}

const MAX_NAMES = 5;

/** The first few bucket names and the number of further ones, safe to print. */
export function bucketNames(buckets: readonly { readonly bucket: string }[], lang: Language): string {
  return firstFew(
    buckets.map(({ bucket }) => visibleText(bucket)),
    MAX_NAMES,
    lang,
  );
}
