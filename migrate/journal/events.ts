import type { Capabilities } from "../model/capabilities.js";
import type { Plan } from "../model/policy.js";
import type { Scope } from "../model/scope.js";
import type { Operation } from "../store/operations.js";
import type { RateChange } from "../store/rate-limited-store.js";
import type { Unseen } from "./bucket-record.js";
import type { Contradiction } from "./input-records.js";
import type { VersionRecord } from "./observation.js";
import type { OutcomeRecord } from "./record.js";
import type { BucketFindings, RunRecord } from "./run-record.js";

/** The options were right, and the store is about to be asked. */
export interface ConnectedEvent {
  readonly kind: "connected";
  /** The name of the provider. */
  readonly provider: string;
  readonly endpoint: string;
  readonly region: string;
  /** `null` without credentials. */
  readonly accessKeyId: string | null;
}

/** The events of a run in progress. */
export type ProgressEvent =
  | ConnectedEvent
  /** A file or folder that the run depends on is read completely before the first object. */
  | { readonly kind: "reading-file"; readonly path: string }
  | { readonly kind: "started"; readonly run: RunRecord; readonly runDir: string }
  | { readonly kind: "bucket"; readonly findings: BucketFindings }
  /** A location cannot be seen, or not completely. The run continues with the others. */
  | { readonly kind: "unseen"; readonly scope: Scope; readonly unseen: Unseen }
  | { readonly kind: "scope-started"; readonly scope: Scope }
  /**
   * The capabilities of a bucket were determined, before its first copy. `documents`: nothing could be
   * written to it.
   */
  | {
      readonly kind: "probed";
      readonly bucket: string;
      readonly from: "documents" | "probe";
      readonly capabilities: Capabilities;
      readonly warnings: readonly string[];
    }
  /** A warning about a bucket for the operator, found at its first copies or while test objects are deleted. */
  | { readonly kind: "bucket-warning"; readonly bucket: string; readonly warning: string }
  /** An object was listed, passed the filters and will be examined. */
  | { readonly kind: "listed"; readonly sizeBytes: number }
  /** With `countAhead`: the number of objects that this session must examine, as counted so far. */
  | { readonly kind: "counted"; readonly objects: number; readonly end: boolean }
  /** The plan from the listing, before a migration is confirmed on a terminal. */
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "outcome"; readonly record: OutcomeRecord }
  /** A noncurrent version was listed and will be examined. It does not count as an object. */
  | { readonly kind: "version-listed"; readonly sizeBytes: number }
  | { readonly kind: "version"; readonly record: VersionRecord }
  /** The store asked to slow down, or failed in a way that is worth another attempt. */
  | { readonly kind: "retry"; readonly operation: Operation; readonly code: string }
  /** The request rate was lowered because the store asked for less, or has returned to normal. */
  | ({ readonly kind: "rate" } & RateChange)
  | { readonly kind: "scope-ended"; readonly scope: Scope }
  /** A worker process ended before its ranges did, and another one goes on with them. `why` has its last words. */
  | { readonly kind: "worker-replaced"; readonly why: string }
  /** A worker of the queue began to work for the run, left it, or was not taken. `workers`: how many work for it now. */
  | {
      readonly kind: "worker";
      readonly name: string;
      readonly change: "joined" | "left" | "refused";
      readonly why: string | null;
      readonly workers: number;
    }
  /** No worker of the queue works for the run, or the connection to Redis was lost or is back. */
  | { readonly kind: "queue"; readonly change: "waiting" | "lost" | "back" }
  /** The run is signed, and no key was given to verify the baseline, so every object is read. */
  | { readonly kind: "baseline-left-out" }
  /** All earlier events are void: the run starts over and reads every object. */
  | { readonly kind: "baseline-dropped"; readonly contradiction: Contradiction }
  | { readonly kind: "reporting" };

export type OnEvent = (event: ProgressEvent) => void;
