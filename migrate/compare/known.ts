import type { BucketFindings } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { KnownObjects } from "../object/context.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Baseline } from "./baseline.js";
import type { Named } from "./key-manifest.js";
import { knownByBaseline } from "./known-by-baseline.js";
import { knownByInventory } from "./known-by-inventory.js";

interface Auditing {
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
  readonly bucketOf: (bucket: string) => BucketFindings | undefined;
}

/** Looks an object up in the inventory, then in the baseline. */
export function openKnown(
  { named, baseline }: { readonly named: Named | null; readonly baseline: Baseline | null },
  auditing: Auditing,
): KnownObjects {
  const sources = [
    ...(named === null ? [] : [knownByInventory(named, auditing)]),
    ...(baseline === null ? [] : [knownByBaseline(baseline, auditing)]),
  ];
  return {
    object: (ref) => first(sources, (source) => source.object(ref)),
    version: (ref) => first(sources, (source) => source.version(ref)),
    close: async () => {
      for (const source of sources) await source.close();
    },
  };
}

async function first<T>(
  sources: readonly KnownObjects[],
  ask: (source: KnownObjects) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const source of sources) {
    const known = await ask(source);
    if (known !== undefined) return known;
  }
  return undefined;
}
