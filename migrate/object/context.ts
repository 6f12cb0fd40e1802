import type { OnEvent } from "../journal/events.js";
import type { InFlight } from "../journal/in-flight.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { KeyRing } from "../keys/customer-key.js";
import type { VersionRef, Walk } from "../list/list-objects.js";
import type { Capabilities, Property } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { ObjectFacts, ObjectRef } from "../model/object.js";
import type { Policy, VersionTreatment } from "../model/policy.js";
import type { StrategyName } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import type { EarlyAcls } from "./early-acl.js";
import type { Room, TransferLimits } from "./room.js";

/** Everything that is needed to process the objects of a run. Created once and passed on unchanged. */
export interface RunContext extends TransferLimits {
  readonly mode: "audit" | "dry-run" | "migrate";
  readonly policy: Policy;
  /** Whether noncurrent versions are examined, and what happens to those in plaintext. */
  readonly noncurrent: boolean;
  readonly versions: VersionTreatment;
  /** The keys of the objects that are under customer keys now. */
  readonly keys: KeyRing;
  /** Bounds the objects that are processed at once, of all scopes and ranges together. */
  readonly room: Room;
  /** How many ranges of keys of a scope may be listed at once. */
  readonly mostRanges: number;
  readonly store: ObjectStore;
  /** The same store, for test objects. */
  readonly testStore: ObjectStore;
  /** The capabilities of the store according to its documentation or to a file. */
  readonly capabilities: Capabilities;
  /** The detected capabilities of the bucket. Awaited before `waiting` is planned. A rejection ends the run. */
  readonly capabilitiesOf: (bucket: string, waiting?: ObjectFacts) => Promise<Capabilities>;
  /** The settings of the bucket, which may forbid some copies. */
  readonly settingsOf: (bucket: string) => BucketSettings | undefined;
  /**
   * Awaited before each object is copied with that strategy, and from under that customer key, if any. A
   * rejection ends the run. Resolves with the capabilities of the store as known by then, including the owner
   * of what is written; `null` if nothing is new.
   */
  readonly beforeCopy: (
    bucket: string,
    strategy: StrategyName,
    sourceKey: CustomerKey | null,
  ) => Promise<Capabilities | null>;
  /**
   * A copy with that strategy lost these properties of an object, or left it unencrypted. Later objects that
   * would lose them too do not use the strategy.
   */
  readonly stopWay?: (bucket: string, way: StrategyName, lost: readonly Property[]) => Promise<void>;
  /** Awaited before a test object is put whose key starts with `key`. */
  readonly beforeTestObject: (bucket: string, key: string) => Promise<void>;
  /** Whether this run put the object only to delete it again, so that it is none of the bucket's. */
  readonly isTestObject: (ref: Pick<ObjectRef, "bucket" | "key">) => boolean;
  readonly earlyAcls: EarlyAcls;
  readonly walk: Walk;
  readonly isInScope: (ref: ObjectRef) => boolean;
  /** The facts that need not be requested from the store. */
  readonly known: KnownObjects;
  readonly journal: Pick<JournalWriter, "append">;
  /** Copies that were started and have no outcome yet, including those of an earlier session. */
  readonly inFlight: Pick<InFlight, "begin" | "settle" | "earlier">;
  /** Removes versions, and stops if that does harm. */
  readonly removals: RemovalGuard;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal | undefined;
  /** When the first session of the run began. */
  readonly runStartedAt: Date;
  readonly now: () => Date;
}

export type BucketSettings = Pick<BucketFindings, "bucket" | "versioning" | "objectLock">;
/** The facts about an object that are known before any request to the store. */
export type PriorKnowledge<R extends OutcomeRecord | VersionRecord> =
  /** They suffice: this is its record. */
  | { readonly kind: "take"; readonly record: R }
  /** The object is read anyway, and its record is completed with, or compared with, the known facts. */
  | { readonly kind: "compare"; readonly settle: (record: R) => R };

/**
 * What is known of the entries of one listing. Called for each in scope, in the order of the listing. `undefined` if
 * the object must be read like any other.
 */
export interface KnownFacts extends AsyncDisposable {
  object(ref: ObjectRef): Promise<PriorKnowledge<OutcomeRecord> | undefined>;
  version(ref: VersionRef): Promise<PriorKnowledge<VersionRecord> | undefined>;
}

export interface KnownObjects {
  /** Opens it for a listing of a scope after this key. Several may be open. */
  after(scope: Scope, key: string | null): KnownFacts;
}

export interface Place {
  readonly bucket: string;
  readonly key: string;
}

export type Removed<Reason> =
  /** The version may not be removed after all. */
  | { readonly kind: "kept"; readonly reason: Reason }
  | { readonly kind: "removed"; readonly requestId: string | null }
  /** The version was removed, and the current object is no longer the same: nothing more may be removed. */
  | { readonly kind: "harmed"; readonly detail: string }
  /** The version was not removed, because an earlier removal did harm. */
  | { readonly kind: "stopped" };

/**
 * Removes versions by their IDs, and checks that the current objects survive it. Some stores let a copy share
 * its data with the version that it was copied from. The current body is read and compared before and after
 * the first removal in each bucket, while all others wait. After that, this is done for one removal in
 * `ONE_OF`. Harm stops every removal of the run.
 */
export interface RemovalGuard {
  /**
   * `lookAgain` is awaited right before the version is removed, and returns why it may not be removed.
   * `delayed`: the removal had to wait for a while.
   */
  remove<Reason>(
    place: Place,
    versionId: string,
    lookAgain: (delayed: boolean) => Promise<Reason | null>,
  ): Promise<Removed<Reason>>;
  readonly isStopped: boolean;
}
