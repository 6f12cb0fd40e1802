import type { BegunCopy } from "../journal/in-flight.js";
import type { IntentRecord } from "../journal/record.js";
import type { Capabilities } from "../model/capabilities.js";
import type { CarriedFacts, ObjectFacts } from "../model/object.js";
import type { RaceGuard, StrategyName } from "../model/strategy.js";
import type { Strategy } from "../plan/plan.js";
import type { ObjectStore } from "../store/object-store.js";
import type { RunContext } from "./context.js";

/** One object that is to be copied onto itself, and what with. */
export interface CopyJob {
  readonly context: Pick<RunContext, "policy" | "partLimit" | "journal" | "now" | "signal">;
  readonly store: ObjectStore;
  /** What the store can do, as known when the copy was planned. */
  readonly capabilities: Capabilities;
  readonly facts: ObjectFacts;
  /** The best first; the others are for a store that refuses it. */
  readonly strategies: readonly Strategy[];
  /**
   * Where `facts` are of one version that is copied onto its key, rather than of the object that is there now: the ETag of what
   * is there now, `null` for a delete marker.
   */
  readonly onto?: { readonly etag: string | null };
  /** Awaited before the first call that writes. Resolves with what is known of the store by then; `null` for nothing new. */
  readonly beforeCopy?: (strategy: StrategyName) => Promise<Capabilities | null>;
  /** Awaited too: whoever goes on after a kill must know of it. */
  readonly onBegun?: (copy: BegunCopy) => Promise<void>;
}

/** Any copy is made with these, be it of a real object or of a test object. */
export type CopyTools = Pick<CopyJob, "context" | "store" | "capabilities">;

/** One try of a job, by one way of copying. */
export interface CopyAttempt {
  readonly job: CopyJob;
  readonly strategy: StrategyName;
  readonly carried: CarriedFacts;
  /** What the store can do with this very object, as known by now. */
  readonly capabilities: Capabilities;
  /** What was written down before it, where it takes more than one call. */
  readonly intent?: Pick<IntentRecord, "bucket" | "key" | "otherUploads" | "at"> | undefined;
}

/** A copy that the store accepted; whether it did what it should is for `verify` to say. */
export interface Copied {
  readonly etag: string;
  readonly versionId: string | null;
  readonly requestId: string | null;
  readonly guard: RaceGuard;
}
