import type { ProgressEvent } from "../../journal/events.js";
import type { BegunCopy } from "../../journal/in-flight.js";
import type { JournalRecord } from "../../journal/record.js";
import type { RangeProgress } from "../../journal/resume.js";
import type { RunRecord } from "../../journal/run-record.js";
import type { Capabilities, Property } from "../../model/capabilities.js";
import type { Scope } from "../../model/scope.js";
import type { StrategyName } from "../../model/strategy.js";
import type { BucketSettings, Place } from "../../object/context.js";
import type { GivenOptions } from "../../options/run-options.js";
import type { RateChange } from "../../store/rate-limited-store.js";
import type { SentError } from "./channel.js";

/** What a worker needs to know of the run before its first range. It reads keys and credentials itself. */
export interface WorkerStart {
  readonly command: RunRecord["command"];
  readonly given: GivenOptions;
  readonly toolVersion: string;
  readonly runStartedAt: string;
  /** The buckets that are in another region than the run's own. */
  readonly regions: readonly (readonly [bucket: string, region: string])[];
  /** The prefixes of the keys of test objects. */
  readonly testObjects: readonly Place[];
  /** Objects in flight at once in this worker. */
  readonly concurrency: number;
  readonly limited: Readonly<Record<RateChange["access"], boolean>>;
}

/** What a worker found, to be compared with what the owner of the run found. Reveals no secret. */
export interface WorkerFacts {
  readonly accessKeyId: string | null;
  readonly customerKeys: RunRecord["customerKeys"] | null;
}

/** A range to process. */
export interface SentRange {
  readonly id: number;
  readonly scope: Scope;
  readonly progress: Omit<RangeProgress, "doneKeys"> & { readonly doneKeys: readonly string[] };
  readonly unplaced: readonly string[];
  readonly unplacedHere: number;
  readonly settings: BucketSettings | null;
  /** Copies of its objects that were begun and whose answer is not known. */
  readonly earlier: readonly BegunCopy[];
}

/** The capabilities of a bucket, and how HEAD names the KMS key of the run in it. */
export interface KnownOfBucket {
  readonly capabilities: Capabilities | null;
  readonly kmsKey: string | null;
}

interface SentWay {
  readonly bucket: string;
  readonly strategy: StrategyName;
  /** The MD5 of the customer key of the source. */
  readonly sourceKey: string | null;
}

interface Settled {
  readonly access: RateChange["access"];
  /** When the first of them was sent, in milliseconds since 1970. */
  readonly sentAt: number;
  readonly answered: number;
  readonly refused: number;
  /** Whether they were sent without turns. */
  readonly isFree: boolean;
}

/** How far the ranges of a worker are. */
interface WorkerState {
  readonly inFlight: number;
  readonly ranges: readonly { readonly id: number; readonly lastKey: string | null; readonly listed: number }[];
  /** The sizes of the objects in scope that were listed since the last state, in bytes. */
  readonly sizes: readonly number[];
  /** Requests that change objects, since the last state, by what they do. */
  readonly touched: Readonly<Record<string, number>>;
}

/** What a worker asks of the owner of the run. */
export interface OwnerCalls {
  /** Resolves once the line is on the disk. */
  append(given: { readonly range: number; readonly record: JournalRecord }): Promise<void>;
  /** Resolves once the copy is on the disk as begun. */
  begin(given: { readonly range: number; readonly copy: BegunCopy }): Promise<void>;
  capabilitiesOf(bucket: string): Promise<KnownOfBucket>;
  beforeCopy(given: SentWay): Promise<KnownOfBucket>;
  stopWay(given: {
    readonly bucket: string;
    readonly way: StrategyName;
    readonly lost: readonly Property[];
  }): Promise<void>;
  /** Takes turns to send requests. Resolves with how many, at least one. */
  turns(given: { readonly access: RateChange["access"]; readonly count: number }): Promise<number>;
  settled(given: Settled): void;
  state(given: WorkerState): void;
  event(given: ProgressEvent): void;
  repeated(given: Place): void;
  ended(given: { readonly range: number; readonly error?: SentError; readonly isUnordered?: boolean }): void;
  /** No call of the worker can succeed any more. */
  lost(error: SentError): void;
}

/** What the owner of the run asks of a worker. */
export interface WorkerCalls {
  /** Resolves once the worker can take ranges. */
  start(given: WorkerStart): Promise<WorkerFacts>;
  range(given: SentRange): void;
  narrow(given: { readonly range: number; readonly through: string }): Promise<boolean>;
  /** Begins no further object of the range. */
  stop(given: { readonly range: number }): void;
  /** Test objects with this prefix may exist from now on. */
  testObject(given: Place): Promise<void>;
  /** What is known of the buckets has changed. */
  forgetWays(given: null): void;
  limited(given: { readonly access: RateChange["access"]; readonly isLimited: boolean }): void;
  /** The run is interrupted. */
  interrupt(given: null): void;
}
