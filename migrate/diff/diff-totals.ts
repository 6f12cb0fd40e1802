import { addToTally, emptyTally, type MutableTally } from "../report/tally.js";
import { CHANGES, type Change } from "./change.js";
import type { Difference } from "./compare-key.js";

export interface DiffTotals {
  readonly objects: Readonly<Record<Change, MutableTally>>;
  readonly olderVersions: Readonly<Record<Change, MutableTally>>;
  /** Of the new ones, those in plaintext. */
  readonly newUnencrypted: { readonly objects: MutableTally; readonly olderVersions: MutableTally };
}

/** How many objects and older versions both runs could have come to, and one of them did. */
export function comparedCount({ objects, olderVersions }: DiffTotals): number {
  const compared = CHANGES.filter((change) => change !== "not-compared");
  return compared.reduce((sum, change) => sum + objects[change].objects + olderVersions[change].objects, 0);
}

/** Counts differences as they come; bytes as they are now, or were where nothing is there any more. */
export function createDiffTotals(): { add(difference: Difference): void; result(): DiffTotals } {
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
