import type { RangeEntry, ReplayStep } from "../journal/observation.js";

/** A key whose history is being re-created. */
export interface Chain {
  readonly bucket: string;
  readonly key: string;
  /** What is re-created and then removed, the oldest first. */
  readonly range: readonly RangeEntry[];
  readonly older: readonly string[];
  /** What was made so far, in that order. */
  readonly made: readonly ReplayStep[];
  /** When its line was written. */
  readonly begunAt: Date;
  /** An earlier session was killed in the middle of it. */
  readonly isResumed: boolean;
}
