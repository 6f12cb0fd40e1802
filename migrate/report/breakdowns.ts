import type { OutcomeRecord } from "../journal/record.js";
import { indexScopes, type Scope } from "../model/scope.js";
import { type Groups, groupsFold } from "./groups.js";
import { SIZE_BANDS, type SizeBand, sizeBandOf } from "./size-bands.js";

const MOST_PREFIXES = 1000;
const MOST_CLASSES = 50;

/** The same objects as in the totals, told apart by what an auditor may ask for. */
export interface Breakdowns {
  readonly storageClasses: Groups<{ readonly storageClass: string }>;
  readonly sizes: Groups<{ readonly size: SizeBand }>;
  /** Up to the first `/` after the prefix of their scope. */
  readonly prefixes: Groups<Scope>;
}

export interface BreakdownsFold {
  add(record: OutcomeRecord): void;
  result(): Breakdowns;
}

export function breakdownsFold(scopes: readonly Scope[]): BreakdownsFold {
  const index = indexScopes(scopes, ({ prefix }) => prefix);
  const prefixOf = ({ bucket, key }: OutcomeRecord) => firstFolder(key, index.owner(bucket, key) ?? "");
  const folds = {
    storageClasses: groupsFold({
      idOf: ({ before }) => before.storageClass,
      nameOf: ({ before }) => ({ storageClass: before.storageClass }),
      most: MOST_CLASSES,
    }),
    sizes: groupsFold({
      idOf: (record) => String(SIZE_BANDS.indexOf(bandOf(record))),
      nameOf: (record) => ({ size: bandOf(record) }),
      most: SIZE_BANDS.length,
    }),
    prefixes: groupsFold({
      idOf: (record) => `${record.bucket}/${prefixOf(record)}`,
      nameOf: (record) => ({ bucket: record.bucket, prefix: prefixOf(record) }),
      most: MOST_PREFIXES,
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

function bandOf({ before, after }: OutcomeRecord): SizeBand {
  return sizeBandOf((after ?? before).sizeBytes);
}

function firstFolder(key: string, prefix: string): string {
  const slash = key.indexOf("/", prefix.length);
  return slash === -1 ? prefix : key.slice(0, slash + 1);
}
