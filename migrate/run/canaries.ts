import { isDeepStrictEqual } from "node:util";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import type { BucketFindings, SeenWay } from "../journal/run-record.js";
import type { Capabilities, LostByWay, Property } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { ObjectFacts } from "../model/object.js";
import { STRATEGIES, type StrategyName } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import { sendCanary } from "../object/canary.js";
import type { RunContext } from "../object/context.js";
import { plan } from "../plan/plan.js";
import { whyNot } from "../plan/strategies.js";
import type { ThrowAways } from "./clean-up.js";

/**
 * The ways of copying as the run has observed them. run.json contains them for a session that resumes the
 * run.
 */
export interface SeenWays {
  /** The capabilities that plans are based on, as known now. */
  readonly capabilitiesOf: RunContext["capabilitiesOf"];
  /** A test object that was copied this way lost these properties. */
  readonly lose: (bucket: string, way: StrategyName, lost: readonly Property[], because: string) => Promise<void>;
  /** The store refused to copy a test object this way, or a test object under a customer key. */
  readonly refuse: (bucket: string, way: StrategyName, isUnderKey: boolean, because: string) => Promise<void>;
  /** The store refused to copy a real object this way. */
  readonly stop: NonNullable<RunContext["stopWay"]>;
}

/** Others may have changed these properties during the copy, so their loss alone closes no way. */
const CHANGED_BY_OTHERS: ReadonlySet<Property> = new Set(["tags", "acl"]);

interface Noting {
  readonly runFile: RunFile;
  readonly onEvent: OnEvent;
  /** Called once something new is known of the ways of a bucket. */
  readonly onWays: () => void;
}

export function seenWays(known: RunContext["capabilitiesOf"], { runFile, onEvent, onWays }: Noting): SeenWays {
  const waysOf = (bucket: string) => runFile.current().buckets.find((found) => found.bucket === bucket)?.ways ?? [];
  const note = async (bucket: string, seen: SeenWay) => {
    if (isKnown(seen, waysOf(bucket))) return;
    const warning = warningOf(seen);
    onEvent({ kind: "bucket-warning", bucket, warning });
    await runFile.note(bucket, ({ ways }) => ({ ways: [...(ways ?? []), seen], warnings: [warning] }));
    onWays();
  };
  return {
    capabilitiesOf: async (bucket) => withWays(await known(bucket), waysOf(bucket)),
    lose: (bucket, way, lost, because) => note(bucket, { way, lost: [...lost], closed: false, because }),
    refuse: (bucket, way, isUnderKey, because) =>
      note(bucket, { way, lost: [], closed: true, because, ...(isUnderKey ? { toCustomerKeys: true } : {}) }),
    stop: (bucket, way, lost) => {
      const closed = lost.length === 0 || lost.some((property) => !CHANGED_BY_OTHERS.has(property));
      const because = closed ? "a copy differed or was not encrypted" : "an object lost it";
      return note(bucket, { way, lost: [...lost], closed, because });
    },
  };
}

function isKnown(seen: SeenWay, ways: NonNullable<BucketFindings["ways"]>): boolean {
  const same = ways.filter(({ way, toCustomerKeys }) => way === seen.way && toCustomerKeys === seen.toCustomerKeys);
  if (seen.closed) return same.some(({ closed }) => closed);
  const lost = same.flatMap((earlier) => earlier.lost);
  return seen.lost.every((property) => lost.includes(property));
}

function withWays(capabilities: Capabilities, ways: readonly SeenWay[]): Capabilities {
  if (ways.length === 0) return capabilities;
  const lostBy: { [way in StrategyName]?: readonly Property[] } = { ...capabilities.lostBy };
  for (const { way, lost } of ways) lostBy[way] = [...new Set([...(lostBy[way] ?? []), ...lost])];
  const closed = (toKeys: boolean) =>
    ways.filter((seen) => seen.closed && (seen.toCustomerKeys ?? false) === toKeys).map(({ way }) => way);
  const all: LostByWay = lostBy;
  return {
    ...capabilities,
    lostBy: all,
    closedWays: [...new Set([...capabilities.closedWays, ...closed(false)])],
    closedToCustomerKeys: [...new Set([...capabilities.closedToCustomerKeys, ...closed(true)])],
  };
}

function warningOf({ way, lost, closed, toCustomerKeys, because }: SeenWay): string {
  if (closed) return `${way} is no longer used${toCustomerKeys ? " for objects under a customer key" : ""}: ${because}`;
  return `${way} lost ${lost.join(", ")}: objects that have it are copied in another way, and tags are set again afterwards (${because})`;
}

interface CanaryTools {
  readonly throwAways: Pick<ThrowAways, "removeBeside">;
  readonly runFile: RunFile;
}

interface EarlyCanary {
  readonly way: string;
  /** As they were known when it was put. */
  readonly capabilities: Capabilities;
  readonly found: ReturnType<typeof sendCanary>;
}

function wayOf(bucket: string, strategy: StrategyName, sourceKey: CustomerKey | null): string {
  return JSON.stringify([bucket, strategy, sourceKey === null ? "plain" : "under a key"]);
}

/** Whether a canary under the later capabilities would be the same: it leaves out what its way is known to lose. */
function isSameTest(strategy: StrategyName, earlier: Capabilities, later: Capabilities): boolean {
  const isLossless = (later.lostBy[strategy] ?? []).length === 0;
  return isLossless && isDeepStrictEqual({ ...earlier, lostBy: {} }, { ...later, lostBy: {} });
}

type CanaryFinding = NonNullable<BucketFindings["canary"]>;

/**
 * One canary per bucket and way of copying, and one more for sources under a customer key. A canary is copied
 * right before the first object of its kind, so a run with nothing to copy writes nothing.
 */
export class Canaries {
  readonly #scopes: readonly Scope[];
  readonly #context: RunContext;
  readonly #ways: SeenWays;
  readonly #throwAways: CanaryTools["throwAways"];
  readonly #runFile: RunFile;
  /** The first object of each bucket that waits for its probe. */
  readonly #waiting = new Map<string, ObjectFacts>();
  /** The owner of the test objects that a probe of this session has put, if it is known. */
  readonly #owners = new Map<string, string | null>();
  /** Of each bucket. */
  readonly #ahead = new Map<string, EarlyCanary>();
  readonly #tries = new Map<string, Promise<string | null>>();
  readonly #found = new Map<string, CanaryFinding[]>();

  constructor(scopes: readonly Scope[], context: RunContext, ways: SeenWays, { throwAways, runFile }: CanaryTools) {
    this.#scopes = scopes;
    this.#context = context;
    this.#ways = ways;
    this.#throwAways = throwAways;
    this.#runFile = runFile;
  }

  /**
   * Resolves with the owner of the canary if its copy succeeded, else rejects with a RunError for every
   * waiting caller.
   */
  readonly before = (bucket: string, strategy: StrategyName, sourceKey: CustomerKey | null): Promise<string | null> => {
    const way = wayOf(bucket, strategy, sourceKey);
    const known = this.#tries.get(way) ?? this.#try(bucket, strategy, sourceKey);
    this.#tries.set(way, known);
    return known;
  };

  foundIn(bucket: string): CanaryFinding | undefined {
    const [first, ...others] = this.#found.get(bucket) ?? [];
    if (first === undefined) return undefined;
    const passed = [first, ...others].find(({ result }) => result === "passed") ?? first;
    return { result: passed.result, detail: [first, ...others].map(({ detail }) => detail).join("; ") };
  }

  /** The same capabilities, for the object that waits for them. */
  readonly capabilitiesOf: RunContext["capabilitiesOf"] = (bucket, waiting) => {
    if (waiting !== undefined && !this.#waiting.has(bucket)) this.#waiting.set(bucket, waiting);
    return this.#ways.capabilitiesOf(bucket);
  };

  /**
   * Begins the canary of the object that waits for a probe, while the probe still tries what each way of copying keeps. It
   * counts if that shows no loss in this way. `null`: it has to wait.
   */
  ahead(bucket: string, { ownerOfWrites }: Capabilities, known: Promise<Capabilities> | null): void {
    this.#owners.set(bucket, ownerOfWrites);
    if (known !== null) this.#throwAways.removeBeside(this.#tryAhead(bucket, known));
  }

  async #tryAhead(bucket: string, known: Promise<Capabilities>): Promise<void> {
    const facts = this.#waiting.get(bucket);
    const capabilities = await known;
    const decision = facts && plan(facts, this.#context.policy, capabilities);
    const [first] = decision?.kind === "encrypt" ? decision.strategies : [];
    if (facts === undefined || first === undefined || this.#context.signal?.aborted) return;
    const { customerKey } = facts;
    const found = this.#send(bucket, first.name, customerKey, capabilities);
    this.#ahead.set(bucket, { way: wayOf(bucket, first.name, customerKey), capabilities, found });
    await found;
  }

  async #takeEarly(bucket: string, strategy: StrategyName, sourceKey: CustomerKey | null, capabilities: Capabilities) {
    const early = this.#ahead.get(bucket);
    if (early === undefined) return null;
    const found = await early.found;
    // No other copy makes up for lost bytes.
    if (found.kind === "failed" && found.isCorrupt) return found;
    this.#ahead.delete(bucket);
    const isOfWay = early.way === wayOf(bucket, strategy, sourceKey);
    // A store that is busy with the probe may have refused it.
    const counts = isOfWay && found.kind !== "failed" && isSameTest(strategy, early.capabilities, capabilities);
    return counts ? found : null;
  }

  #send(bucket: string, strategy: StrategyName, sourceKey: CustomerKey | null, capabilities: Capabilities) {
    const prefix = this.#scopes.find((scope) => scope.bucket === bucket)?.prefix ?? "";
    const known = { capabilities, sourceKey, ownerId: this.#owners.get(bucket) ?? null };
    const found = sendCanary({ bucket, prefix }, strategy, this.#context, known);
    this.#throwAways.removeBeside(this.#noteLeft(bucket, found));
    return found;
  }

  /** Objects follow a copy that succeeded at once. */
  async #noteLeft(bucket: string, found: ReturnType<typeof sendCanary>): Promise<void> {
    const left = await (await found).leftBehind;
    if (left === null) return;
    this.#context.onEvent({ kind: "bucket-warning", bucket, warning: left });
    await this.#runFile.note(bucket, () => ({ warnings: [left] }));
  }

  async #try(bucket: string, strategy: StrategyName, sourceKey: CustomerKey | null): Promise<string | null> {
    for (;;) {
      const capabilities = await this.#ways.capabilitiesOf(bucket);
      const early = await this.#takeEarly(bucket, strategy, sourceKey, capabilities);
      const found = early ?? (await this.#send(bucket, strategy, sourceKey, capabilities));
      const { kind, detail, ownerId } = found;
      if (kind === "failed") {
        const left = await found.leftBehind;
        throw failed(bucket, left === null ? detail : `${detail}; ${left}`);
      }
      this.#found.set(bucket, [...(this.#found.get(bucket) ?? []), { result: kind, detail }]);
      if (kind === "refused") await this.#refused(bucket, strategy, sourceKey !== null, detail);
      const isTriedAgain = kind === "lost" && (await this.#lost(bucket, strategy, found.lost, detail, capabilities));
      if (!isTriedAgain) return ownerId;
    }
  }

  /** Closes the way, and the run uses another one. Only objects under a customer key may have no way left. */
  async #refused(bucket: string, strategy: StrategyName, isUnderKey: boolean, words: string): Promise<void> {
    await this.#ways.refuse(bucket, strategy, isUnderKey, words);
    if (isUnderKey || this.#hasWay(await this.#ways.capabilitiesOf(bucket))) return;
    throw failed(bucket, words);
  }

  /** Returns whether another canary must go the same way, with its tags put afterwards. */
  async #lost(
    bucket: string,
    strategy: StrategyName,
    lost: readonly Property[],
    words: string,
    before: Capabilities,
  ): Promise<boolean> {
    const hasLostTags = lost.includes("tags");
    if (hasLostTags && before.lostBy[strategy]?.includes("tags")) throw failed(bucket, words);
    await this.#ways.lose(bucket, strategy, lost, words);
    if (!lost.includes("encryption")) return hasLostTags;
    if (!this.#hasWay(await this.#ways.capabilitiesOf(bucket))) throw failed(bucket, words);
    return false;
  }

  /** Returns whether a way is left for an object that has nothing to lose. */
  #hasWay(capabilities: Capabilities): boolean {
    return STRATEGIES.some((way) => whyNot(way, PLAINEST, this.#context.policy, capabilities) === null);
  }
}

/** The changes to other objects are reported once everything in flight has ended. */
function failed(bucket: string, words: string): RunError {
  return new RunError(`the canary object in bucket "${bucket}" failed: ${words}`, { because: "canary" });
}

/** The smallest object that can be copied in parts. */
const PLAINEST: ObjectFacts = {
  bucket: "",
  key: "",
  versionId: null,
  sizeBytes: 1,
  etag: "0".repeat(32),
  lastModified: null,
  storageClass: "STANDARD",
  encryption: { state: "none", evidence: "head-header" },
  customerKey: null,
  content: {},
  userMetadata: {},
  hiddenMetadata: 0,
  tagCount: 0,
  websiteRedirect: null,
  lock: { mode: null, retainUntil: null, legalHold: null },
  checksums: {},
  archived: false,
  clientSideEncrypted: false,
  requestId: null,
};
