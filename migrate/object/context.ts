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
import type { ObjectRef } from "../model/object.js";
import type { Policy, VersionTreatment } from "../model/policy.js";
import type { StrategyName } from "../model/strategy.js";
import type { ObjectStore } from "../store/object-store.js";

/** Everything that the objects of a run are processed with. Made once, and handed on as it is. */
export interface RunContext {
  readonly mode: "audit" | "dry-run" | "migrate";
  readonly policy: Policy;
  /** Whether noncurrent versions are looked at, and what becomes of those in plaintext. */
  readonly noncurrent: boolean;
  readonly versions: VersionTreatment;
  /** The keys of objects that are under customer keys now. */
  readonly keys: KeyRing;
  /** How many objects are processed at once. */
  readonly concurrency: number;
  /** Bounds how many parts are under way at once, of all objects together. */
  readonly partLimit: PartLimit;
  readonly store: ObjectStore;
  /** The same store, for test objects. */
  readonly testStore: ObjectStore;
  /** What the store can do according to its documents, or to a file. */
  readonly capabilities: Capabilities;
  /** What the bucket was found to be able to do; awaited before an object is planned to be copied. A rejection ends the run. */
  readonly capabilitiesOf: (bucket: string) => Promise<Capabilities>;
  /** How the bucket is set, which may forbid some copies. */
  readonly settingsOf: (bucket: string) => BucketSettings | undefined;
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
  /** Awaited before a test object is put, whose key begins so. */
  readonly beforeTestObject: (bucket: string, key: string) => Promise<void>;
  /** Whether this very run put it, only to delete it again: no object of the bucket's. */
  readonly isTestObject: (ref: Pick<ObjectRef, "bucket" | "key">) => boolean;
  readonly walk: Walk;
  readonly isInScope: (ref: ObjectRef) => boolean;
  /** What need not be asked of the store. */
  readonly known: KnownObjects;
  readonly journal: Pick<JournalWriter, "append">;
  /** Copies that were begun and have no outcome yet, also those of an earlier session. */
  readonly inFlight: Pick<InFlight, "begin" | "settle" | "earlier">;
  /** Removes versions, and stops where that does harm. */
  readonly removals: RemovalGuard;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal | undefined;
  /** When the first session of the run began. */
  readonly runStartedAt: Date;
  readonly now: () => Date;
}

export type BucketSettings = Pick<BucketFindings, "bucket" | "versioning" | "objectLock">;

export type PartLimit = <T>(work: () => Promise<T>) => Promise<T>;

/** What is known of an object before the store is asked about it. */
export type PriorKnowledge<R extends OutcomeRecord | VersionRecord> =
  /** Enough: this is its record. */
  | { readonly kind: "take"; readonly record: R }
  /** It is read all the same, and its record is compared with what is known. */
  | { readonly kind: "compare"; readonly settle: (record: R) => R };

/** Asked of each object in scope, in the order of the listing; `undefined` where it is to be read like any other. */
export interface KnownObjects {
  object(ref: ObjectRef): Promise<PriorKnowledge<OutcomeRecord> | undefined>;
  version(ref: VersionRef): Promise<PriorKnowledge<VersionRecord> | undefined>;
  close(): Promise<void>;
}

export interface Place {
  readonly bucket: string;
  readonly key: string;
}

export type Removed<Reason> =
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
  ): Promise<Removed<Reason>>;
  readonly isStopped: boolean;
}
