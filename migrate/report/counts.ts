import type { Totals } from "./summary.js";
import { sumOf } from "./tally.js";

/** How many objects have an outcome. */
export function outcomeCount({ outcomes }: Pick<Totals, "outcomes">): number {
  return sumOf(Object.values(outcomes)).objects;
}

/** The objects that were there when last looked at. */
export function presentCount({ statesNow }: Pick<Totals, "statesNow">): number {
  return sumOf(Object.values(statesNow)).objects;
}

/** Objects whose copy lost or changed something other than the encryption. */
export function differingCount({ reasons }: Pick<Totals, "reasons">): number {
  return reasons["differs-after-copy"]?.objects ?? 0;
}

/** Objects and older versions that there were to look at. */
export function examinedCount({ statesNow, noncurrent }: Pick<Totals, "statesNow" | "noncurrent">): number {
  const older = noncurrent === undefined ? 0 : noncurrent.listed - noncurrent.outcomes.vanished.objects;
  return presentCount({ statesNow }) + older;
}

/** Objects whose encryption was not read from the store's own answer about them. */
export function unprovenCount({ statesNow, evidenceNow }: Pick<Totals, "statesNow" | "evidenceNow">): number {
  const unseen = Math.max(statesNow.unknown.objects, evidenceNow.none?.objects ?? 0);
  return unseen + sumOf([evidenceNow["bucket-default"], evidenceNow["provider-statement"]]).objects;
}

/** Objects that a manifest names and that were not found. */
export function notFoundCount({ outcomes }: Pick<Totals, "outcomes">): number {
  return outcomes["not-found"].objects;
}

export function olderPlaintextCount({ noncurrent }: Pick<Totals, "noncurrent">): number {
  return noncurrent?.outcomes.plaintext.objects ?? 0;
}

export function olderUnseenCount({ noncurrent }: Pick<Totals, "noncurrent">): number {
  return (noncurrent?.outcomes.unproven.objects ?? 0) + (noncurrent?.outcomes.failed.objects ?? 0);
}
