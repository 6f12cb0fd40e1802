import type { KnownObjects } from "../compare/baseline-entry.js";
import { firstKnown } from "../compare/known.js";
import { knownByBaseline } from "../compare/known-by-baseline.js";
import { knownByInventory } from "../compare/known-by-inventory.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import type { GivenFiles } from "./given-files.js";
import type { Command } from "./session.js";

interface Circumstances {
  readonly command: Command;
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
  readonly bucketOf: (bucket: string) => BucketFindings | undefined;
}

/** What need not be asked of the store. A migration asks of everything: what is copied, or left, rests on a look of its own. */
export function knownOf({ named, baseline }: GivenFiles, circumstances: Circumstances): KnownObjects {
  if (circumstances.command !== "audit") return firstKnown([]);
  return firstKnown([
    ...(named === null ? [] : [knownByInventory(named, circumstances)]),
    ...(baseline === null ? [] : [knownByBaseline(baseline, circumstances)]),
  ]);
}
