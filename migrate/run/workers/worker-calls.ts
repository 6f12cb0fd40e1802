import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { SharedFacts } from "../../compare/known.js";
import type { ConnectedEvent, ProgressEvent } from "../../journal/events.js";
import type { BegunCopy } from "../../journal/in-flight.js";
import type { JournalRecord } from "../../journal/record.js";
import type { RangeProgress } from "../../journal/resume.js";
import type { RunRecord } from "../../journal/run-record.js";
import type { Capabilities, Property } from "../../model/capabilities.js";
import type { StrategyName } from "../../model/reason.js";
import type { Scope } from "../../model/scope.js";
import type { BucketSettings, Place, RunContext } from "../../object/context.js";
import type { ResolvedOptions } from "../../options/resolve-options.js";
import type { GivenOptions } from "../../options/run-options.js";
import type { SentRequest } from "../../store/operations.js";
import type { Settled } from "../../store/pace/adaptive-rate.js";
import type { RateChange } from "../../store/rate-limited-store.js";
import type { StoreError } from "../../store/store-error.js";
import type { RemovalEffect, RemovalTurn } from "../../versions/removal-guard.js";
import type { VersionRange } from "../../versions/version-watermark.js";
import type { Channel, SentError } from "./channel.js";

/** The facts of the run that a worker needs before its first range. It reads keys and credentials itself. */
export interface WorkerStart {
  readonly command: RunRecord["command"];
  readonly given: GivenOptions;
  readonly toolVersion: string;
  readonly runStartedAt: string;
  readonly scopes: readonly Scope[];
  /** What the run reads in step with its listings. */
  readonly facts: SharedFacts;
  /** The buckets that are in another region than the run's own. */
  readonly regions: readonly (readonly [bucket: string, region: string])[];
  /** The prefixes of the keys of test objects. */
  readonly testObjects: readonly Place[];
  /** The most objects in flight in this worker. */
  readonly concurrency: number;
  /** How many are in flight at first. */
  readonly atFirst: number;
  readonly limited: Readonly<Record<RateChange["access"], boolean>>;
  /** A removal of a version did harm. */
  readonly removalsStopped: boolean;
  /** The locations that a worker on another machine must be able to list. */
  readonly reach: readonly Scope[];
  /** Whether the owner logs the requests of the worker. */
  readonly tellsRequests: boolean;
}

/** The options that no worker resolves again: those of the run folder, of its reports, and of files that are read once. */
export const OF_OWNER: ReadonlySet<string> = new Set([
  "manifest",
  "manifestFormat",
  "manifestKeys",
  "baseline",
  "baselineSample",
  "baselineSeed",
  "out",
  "resume",
  "targets",
  "allBuckets",
  "sign",
  "signPassphraseFile",
  "signPassphrase",
  "formats",
  "ocsf",
  "failOn",
  "allowEmpty",
  "publicKey",
  "signal",
  "onEvent",
  "confirm",
  "confirmPlan",
  "countAhead",
  "workers",
  "queue",
  "queuePrefix",
  "queuePasswordFile",
  "queueUsername",
  "queuePassword",
]);

/** The options that differ on another machine: secrets, their files, and the way to the store. */
export const OF_MACHINE: ReadonlySet<string> = new Set([
  "credentials",
  "profile",
  "network",
  "ssecKeyFile",
  "toKeyFile",
]);

/** The findings of a worker, to be compared with those of the run's owner. Reveals no secret. */
export interface WorkerFacts {
  readonly accessKeyId: string | null;
  readonly customerKeys: RunRecord["customerKeys"] | null;
  /** The SHA-256 of the capabilities that it plans with. */
  readonly capabilities: string;
  /** Its time, in milliseconds since 1970. */
  readonly at: number;
}

/** A range to process. */
export type SentRange = SentWork & {
  readonly id: number;
  readonly scope: Scope;
  readonly settings: BucketSettings | null;
};

export type SentWork =
  | {
      readonly kind: "objects";
      readonly progress: Omit<RangeProgress, "doneKeys"> & { readonly doneKeys: readonly string[] };
      readonly unplaced: readonly string[];
      readonly unplacedHere: number;
      /** Copies of its objects that were begun and whose answer is not known. */
      readonly earlier: readonly BegunCopy[];
    }
  | {
      readonly kind: "versions";
      readonly part: Omit<VersionRange, "done"> & {
        readonly done: readonly (readonly [key: string, versionIds: readonly string[]])[];
      };
    };

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

interface SettledRequests extends Readonly<Record<Settled, number>> {
  readonly access: RateChange["access"];
  /** When the first of them was sent, in milliseconds since 1970. */
  readonly sentAt: number;
  /** Whether they were sent without turns. */
  readonly isFree: boolean;
}

/** How far the ranges of a worker are. */
interface WorkerState {
  readonly inFlight: number;
  /** How many may be in flight now. */
  readonly most: number;
  readonly ranges: readonly { readonly id: number; readonly lastKey: string | null; readonly listed: number }[];
  /** The sizes of the objects in scope that were listed since the last state, in bytes. */
  readonly sizes: readonly number[];
  /** The same of noncurrent versions. */
  readonly versionSizes: readonly number[];
  /** Requests that change objects, since the last state, by what they do. */
  readonly touched: Readonly<Record<string, number>>;
  /** All requests since the last state, by S3 operation. */
  readonly requests: Readonly<Record<string, number>>;
}

/** The calls of a worker to the owner of the run. */
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
  settled(given: SettledRequests): void;
  /** Takes a turn to remove a version. */
  takeRemoval(given: { readonly bucket: string; readonly isBare: boolean }): Promise<RemovalTurn>;
  removalDone(given: { readonly bucket: string; readonly effect: RemovalEffect }): void;
  state(given: WorkerState): void;
  event(given: ProgressEvent): void;
  request(given: SentRequest): void;
  repeated(given: Place): void;
  /** `isHandedBack`: the worker leaves, and another one is to go on. */
  ended(given: { readonly range: number; readonly error?: SentError; readonly isHandedBack?: boolean }): void;
  /** No call of the worker can succeed any more. */
  lost(error: SentError): void;
}

/** The calls of the owner of the run to a worker. */
export interface WorkerCalls {
  /** Resolves once the worker can take ranges. */
  start(given: WorkerStart): Promise<WorkerFacts>;
  range(given: SentRange): void;
  narrow(given: { readonly range: number; readonly through: string }): Promise<boolean>;
  /** Begins no further object of the range. */
  stop(given: { readonly range: number }): void;
  /** Sends the state. Resolves once the owner has it. */
  report(given: null): Promise<void>;
  /** Test objects with this prefix may exist from now on. */
  testObject(given: Place): Promise<void>;
  /** Reports that the facts about the buckets have changed. */
  forgetWays(given: null): void;
  limited(given: { readonly access: RateChange["access"]; readonly isLimited: boolean }): void;
  /** A removal of a version did harm. */
  removalsStopped(given: null): void;
  /** The run is interrupted. */
  interrupt(given: null): void;
}

/** How a worker on another machine differs from one of the owner's own processes. */
export interface ServeTools {
  /** The options of this machine, which replace those of the owner. */
  readonly given?: GivenOptions;
  /** Further calls of the owner. */
  readonly calls?: { readonly [name: string]: (given: never) => unknown };
  /** Whether another worker is to go on with the ranges that this one stops. */
  readonly isLeaving?: () => boolean;
  /** Called once no call to the store can succeed any more. */
  readonly onLost?: (error: StoreError) => unknown;
  /** Called before the store is asked. */
  readonly onConnected?: (event: ConnectedEvent) => void;
}

export interface Serving {
  readonly owner: Channel<OwnerCalls>;
  /** Processes a range. Resolves once the owner knows how it ended. */
  process(range: SentRange): Promise<void>;
  /** Begins no further object of any range. */
  stop(): void;
  interrupt(): void;
  close(): void;
}

/** The copies of a range that are begun, as its worker knows them. The owner writes them down. */
export function copiesInFlight(
  owner: Pick<Channel<OwnerCalls>, "call">,
  range: number,
  earlier: readonly BegunCopy[],
): RunContext["inFlight"] {
  const begun = new Map(earlier.map((copy) => [copy.facts.key, copy]));
  return {
    begin: ({ facts, ...copy }) =>
      owner.call("begin", { range, copy: { facts: { ...facts, customerKey: null }, ...copy } }),
    // The owner does so once the outcome is on the disk.
    settle: ({ key }) => void begun.delete(key),
    earlier: ({ key }) => begun.get(key),
  };
}

export function fingerprintOf(capabilities: Capabilities): string {
  return createHash("sha256").update(JSON.stringify(capabilities)).digest("hex");
}

type Ways = Pick<RunContext, "capabilitiesOf" | "beforeCopy" | "stopWay" | "beforeTestObject">;

/** The owner's knowledge of the ways of copying in a bucket. It alone puts test objects. */
export interface RemoteWays {
  readonly calls: Ways;
  /** What is known of the buckets has changed. */
  readonly forget: () => void;
}

export function remoteWays(
  owner: Pick<Channel<OwnerCalls>, "call">,
  { policy, capabilities: { values } }: Pick<ResolvedOptions, "policy" | "capabilities">,
): RemoteWays {
  const plans: Capabilities[] = [];
  let known = new Map<string, Promise<Capabilities | null>>();
  const forget = () => {
    known = new Map();
  };
  const settle = (bucket: string, { capabilities, kmsKey }: KnownOfBucket) => {
    if (kmsKey !== null) policy.target.kmsKey?.settle(bucket, kmsKey);
    // Equal plans are the same object, so that nothing is planned twice.
    const equal = plans.find((earlier) => isDeepStrictEqual(earlier, capabilities));
    if (equal === undefined && capabilities !== null) plans.push(capabilities);
    return equal ?? capabilities;
  };
  const askOnce = (bucket: string, ask: () => Promise<KnownOfBucket>, name = bucket) => {
    const asked = known.get(name) ?? ask().then((found) => settle(bucket, found));
    known.set(name, asked);
    return asked;
  };
  const calls: Ways = {
    capabilitiesOf: async (bucket) => (await askOnce(bucket, () => owner.call("capabilitiesOf", bucket))) ?? values,
    beforeCopy: (bucket, strategy, sourceKey) => {
      const way = { bucket, strategy, sourceKey: sourceKey?.md5 ?? null };
      return askOnce(bucket, () => owner.call("beforeCopy", way), JSON.stringify(way));
    },
    stopWay: async (bucket, way, lost) => {
      await owner.call("stopWay", { bucket, way, lost });
      forget();
    },
    beforeTestObject: () => Promise.reject(new Error("a worker puts no test object")),
  };
  return { calls, forget };
}
