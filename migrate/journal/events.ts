import type { Capabilities } from "../model/capabilities.js";
import type { Scope } from "../model/scope.js";
import type { Operation } from "../store/operations.js";
import type { RateChange } from "../store/rate-limited-store.js";
import type { Unseen } from "./bucket-record.js";
import type { VersionRecord } from "./observation.js";
import type { OutcomeRecord } from "./record.js";
import type { BucketFindings, Contradiction, RunRecord } from "./run-record.js";

/** What a run tells while it runs. */
export type ProgressEvent =
  /** A file or folder that the run goes by is read in full, before the first object. */
  | { readonly kind: "reading-file"; readonly path: string }
  | { readonly kind: "started"; readonly run: RunRecord; readonly runDir: string }
  | { readonly kind: "bucket"; readonly findings: BucketFindings }
  /** A location cannot be seen, or not to its end; the run goes on with the others. */
  | { readonly kind: "unseen"; readonly scope: Scope; readonly unseen: Unseen }
  | { readonly kind: "scope-started"; readonly scope: Scope }
  /** What a bucket can do was found out, before its first copy; `documents` where nothing could be written to it. */
  | {
      readonly kind: "probed";
      readonly bucket: string;
      readonly from: "documents" | "probe";
      readonly capabilities: Capabilities;
      readonly warnings: readonly string[];
    }
  /** Something that an operator should know of a bucket showed right before its first copy. */
  | { readonly kind: "bucket-warning"; readonly bucket: string; readonly warning: string }
  /** One more object came out of the listing, passed the filters, and will be looked at. */
  | { readonly kind: "listed"; readonly sizeBytes: number }
  /** With `countAhead`: how many objects this session has to look at, as far as was counted. */
  | { readonly kind: "counted"; readonly objects: number; readonly end: boolean }
  | { readonly kind: "outcome"; readonly record: OutcomeRecord }
  /** One more noncurrent version came out of the listing, and will be looked at: no object of its own. */
  | { readonly kind: "version-listed"; readonly sizeBytes: number }
  | { readonly kind: "version"; readonly record: VersionRecord }
  /** The store asked to slow down, or failed in a way that is worth another try. */
  | { readonly kind: "retry"; readonly operation: Operation; readonly code: string }
  /** The store asked for less, so that fewer calls go out; or they may go out as they were meant to again. */
  | ({ readonly kind: "rate" } & RateChange)
  | { readonly kind: "scope-ended"; readonly scope: Scope }
  /** The run is signed, and no key was given to check the baseline by: every object is read. */
  | { readonly kind: "baseline-left-out" }
  /** All that was told until now counts no more: the run begins again, and reads every object. */
  | { readonly kind: "baseline-dropped"; readonly contradiction: Contradiction }
  | { readonly kind: "reporting" };

export type OnEvent = (event: ProgressEvent) => void;
