import type { Unseen } from "../journal/bucket-record.js";
import type { Observation } from "../journal/record.js";
import type { Scope } from "../model/scope.js";
import type { LiveKind } from "./live-result.js";

/** A line of the report that was looked up again. */
export interface ComparedLine {
  readonly kind: LiveKind;
  readonly bucket: string;
  readonly key: string;
  /** `null` of a current object. */
  readonly versionId: string | null;
  readonly segment: string;
  readonly line: number;
  readonly detail: string | null;
  /** Whether it is not encrypted now. */
  readonly unencrypted: boolean;
  /** What the report says; `null` where it says that nothing was there. */
  readonly said: Observation | null;
  /** What is so now; `null` where nothing was shown. */
  readonly found: Observation | null;
}

/** What came of a comparison of a report with the bucket. */
export interface LiveCheck {
  readonly endpoint: string;
  /** How many lines of the report say something that the bucket could contradict. */
  readonly lines: number;
  /** `null` where all of them were looked up. */
  readonly sample: { readonly lines: number; readonly seed: number } | null;
  readonly results: Readonly<Record<LiveKind, number>>;
  /** How many are not encrypted now, whatever the report says of them, and whenever they were written. */
  readonly unencrypted: number;
  /** Locations of the run that cannot be seen now: their lines that were to be looked up are `unread`. */
  readonly notSeen: readonly (Scope & Unseen)[];
  /** Objects that the report does not know of; `null` where they were not counted. */
  readonly newObjects: number | null;
  readonly end: "complete" | "interrupted";
}
