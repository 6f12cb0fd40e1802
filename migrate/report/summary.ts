import type { Unseen } from "../journal/bucket-record.js";
import type { OutcomeKind } from "../journal/record.js";
import type { EncryptionState, Evidence } from "../model/encryption.js";
import type { Reason } from "../model/reason.js";
import type { ArrivalTotals } from "./arrivals.js";
import type { Breakdowns } from "./breakdowns.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import type { Tally } from "./tally.js";

/** The totals of one scope, or of a whole run. */
export interface Totals {
  /** Counted by the lister, apart from the outcomes, so that the sum can be checked. */
  readonly listed: number;
  readonly filteredOut: number;
  readonly outcomes: Readonly<Record<OutcomeKind, Tally>>;
  readonly statesBefore: Readonly<Record<EncryptionState, Tally>>;
  /** As last seen: after the copy where there was one, before it elsewhere. What vanished or was not found has none. */
  readonly statesNow: Readonly<Record<EncryptionState, Tally>>;
  readonly reasons: Readonly<Partial<Record<Reason, Tally>>>;
  /** What `statesNow` was read from; `none` where nothing could be seen. */
  readonly evidenceNow: Readonly<Partial<Record<Evidence | "none", Tally>>>;
  /**
   * listed = already-encrypted + migrated + skipped + refused + failed + vanished + not-found, and every listing came to its end. Not so
   * where a location was not seen: of such a one `listed` is what has an outcome all the same.
   */
  readonly closes: boolean;
  /** Absent where no noncurrent version was looked for. */
  readonly noncurrent?: NoncurrentTotals;
  /** Objects that the listing had shown when the run stopped, and that have no outcome; absent if it did not stop in one. */
  readonly knownLeft?: number;
  /** Absent if no bucket was without default encryption at the end, or the run did not come to its end. */
  readonly arrivals?: ArrivalTotals;
  /** Locations that could not be seen, or not to their end; absent if all were. */
  readonly notSeen?: number;
}

export interface ScopeTotals extends Totals {
  readonly bucket: string;
  readonly prefix: string;
  /** Why it was not seen, or not to its end; absent if it was. */
  readonly unseen?: Unseen;
}

/** summary.json: a pure fold of the journal. */
export interface Summary extends Breakdowns {
  readonly schema: "bucketseal/summary/1";
  readonly total: Totals;
  readonly scopes: readonly ScopeTotals[];
}
