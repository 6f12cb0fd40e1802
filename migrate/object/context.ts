import type { Attempt } from "../journal/in-flight.js";
import type { KeyRing } from "../keys/customer-key.js";
import type { Capabilities, Property } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { Policy } from "../model/policy.js";
import type { StrategyName } from "../model/strategy.js";
import type { ObjectStore } from "../store/object-store.js";
import type { BucketSettings } from "./bucket-hazards.js";
import type { CopyNotes, PartLimit } from "./copy-job.js";

/** What a copy is made with. */
export interface CopyingRoad extends CopyNotes {
  readonly store: ObjectStore;
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  readonly partLimit: PartLimit;
  readonly signal?: AbortSignal | undefined;
  /** Awaited before a throw-away object is put, whose key begins so. */
  readonly beforeThrowAway: (bucket: string, key: string) => Promise<void>;
}

/** Everything that every object of a run is processed with. */
export interface Road extends CopyingRoad {
  readonly mode: "audit" | "dry-run" | "migrate";
  /** What the bucket was found to be able to do; awaited before an object is planned to be copied. A rejection ends the run. */
  readonly capabilitiesOf: (bucket: string) => Promise<Capabilities>;
  /** Of what is under customer keys now. */
  readonly keys: KeyRing;
  /**
   * Awaited before each object is copied in that way, from under that key if any; a rejection ends the run. Resolves with
   * what the store can do as known by then, with the owner of what is written; `null` for nothing new.
   */
  readonly beforeCopy: (
    bucket: string,
    strategy: StrategyName,
    sourceKey: CustomerKey | null,
  ) => Promise<Capabilities | null>;
  /** A copy made in that way lost these of an object, or left it unencrypted: the way is not for all that follow. */
  readonly stopWay?: (bucket: string, way: StrategyName, lost: readonly Property[]) => Promise<void>;
  /** Resolves once the attempt is on the disk. */
  readonly onAttempt: (attempt: Attempt) => Promise<void>;
  /** What an earlier session had begun with an object when it ended. */
  readonly earlierAttempt: (ref: { readonly bucket: string; readonly key: string }) => Attempt | undefined;
  /** What was found of the buckets, each of which may forbid some copies. */
  readonly buckets: readonly BucketSettings[];
  /** Removes versions, and stops where that does harm. */
  readonly removals: RemovalGuard;
  /** When the first session of the run began. */
  readonly runStartedAt: Date;
  readonly now: () => Date;
}

export interface Place {
  readonly bucket: string;
  readonly key: string;
}

export type Guarded<Reason> =
  /** It may not go after all. */
  | { readonly kind: "kept"; readonly reason: Reason }
  | { readonly kind: "removed"; readonly requestId: string | null }
  /** It was removed, and the current object is not what it was: nothing more may be removed. */
  | { readonly kind: "harmed"; readonly detail: string }
  /** It was not removed, since an earlier removal did harm. */
  | { readonly kind: "stopped" };

/**
 * Removes versions by their ids, and looks whether the current objects outlive that: some stores let a copy share its data with the version
 * that it was copied from. The current body is read and compared around the first removal of each bucket, while all others wait,
 * and around one of `ONE_OF` after it. Harm stops every removal of the run.
 */
export interface RemovalGuard {
  /** `lookAgain` is awaited right before the version goes, and says why it may not; `delayed`: it came to that only after a while. */
  remove<Reason>(
    place: Place,
    versionId: string,
    lookAgain: (delayed: boolean) => Promise<Reason | null>,
  ): Promise<Guarded<Reason>>;
  readonly isStopped: boolean;
}
