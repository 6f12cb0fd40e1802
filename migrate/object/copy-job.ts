import type { BegunCopy } from "../journal/in-flight.js";
import type { IntentRecord } from "../journal/record.js";
import type { Capabilities } from "../model/capabilities.js";
import type { CarriedFacts, ObjectFacts } from "../model/object.js";
import type { RaceGuard, StrategyName } from "../model/reason.js";
import type { Strategy } from "../plan/strategies.js";
import type { ObjectStore } from "../store/object-store.js";
import type { RunContext } from "./context.js";
import type { EarlyAcl } from "./early-acl.js";

/** One object to copy onto itself, and everything that the copy needs. */
export interface CopyJob {
  readonly context: Pick<RunContext, "policy" | "partLimit" | "bodyLimit" | "journal" | "now" | "signal">;
  readonly store: ObjectStore;
  /** The capabilities of the store, as known when the copy was planned. */
  readonly capabilities: Capabilities;
  readonly facts: ObjectFacts;
  /** The best comes first. The others are for a store that refuses it. */
  readonly strategies: readonly Strategy[];
  /**
   * Set if `facts` describe one version that is copied onto its key, and not the current object. The ETag of
   * the current object; `null` for a delete marker.
   */
  readonly onto?: { readonly etag: string | null };
  /** For the first strategy. */
  readonly earlyAcl?: EarlyAcl | undefined;
  /**
   * Awaited before the first call that writes. Resolves with the capabilities of the store as known by then;
   * `null` if nothing is new.
   */
  readonly beforeCopy?: (strategy: StrategyName) => Promise<Capabilities | null>;
  /** Also awaited: a session that continues after a kill must know about the copy. */
  readonly onBegun?: (copy: BegunCopy) => Promise<void>;
}

/** Every copy needs these, whether of a real object or of a test object. */
export type CopyTools = Pick<CopyJob, "context" | "store" | "capabilities">;

/** One attempt at a job, with one strategy. */
export interface CopyAttempt {
  readonly job: CopyJob;
  readonly strategy: StrategyName;
  readonly carried: CarriedFacts;
  /** The capabilities of the store for this object, as known by now. */
  readonly capabilities: Capabilities;
  /** The journal record that was written before the attempt, if it takes more than one call. */
  readonly intent?: Pick<IntentRecord, "bucket" | "key" | "otherUploads" | "at"> | undefined;
}

/** A copy that the store accepted. `verify` decides whether it did what it should. */
export interface Copied {
  readonly etag: string;
  readonly versionId: string | null;
  readonly requestId: string | null;
  readonly guard: RaceGuard;
  /** Nothing was written: the object must have the ETag, date and version that it had before. */
  readonly isInPlace?: true;
}
