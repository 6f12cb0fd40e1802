import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import { RunError, TOOL_VERSION } from "../../errors.js";
import type { BegunCopy } from "../../journal/in-flight.js";
import { wholeWalk } from "../../list/list-objects.js";
import { objectFilter } from "../../list/object-filter.js";
import type { RunningRange } from "../../list/side-by-side.js";
import type { Capabilities } from "../../model/capabilities.js";
import type { Place, RunContext } from "../../object/context.js";
import { createRoom } from "../../object/room.js";
import { type ResolvedOptions, resolveOptions } from "../../options/resolve-options.js";
import type { StoreError } from "../../store/store-error.js";
import { createRemovalGuard } from "../../versions/removal-guard.js";
import { countTouched, modeOf, NOTHING_KNOWN } from "../build-context.js";
import { type Connection, connect } from "../connect.js";
import { runRange, Unordered } from "../process-range.js";
import { customerKeysOf } from "../session.js";
import { type Channel, openChannel, type Port, toSent } from "./channel.js";
import { remoteTurns } from "./remote-turns.js";
import type { KnownOfBucket, OwnerCalls, SentRange, WorkerCalls, WorkerFacts, WorkerStart } from "./worker-calls.js";

const STATE_EVERY_MS = 50;

/** Serves the owner of a run behind this port, until `close` is called. */
export function serveOwner(port: Port): { close(): void } {
  let worker: Worker | null = null;
  const started = () => {
    if (worker === null) throw new Error("the worker was not started");
    return worker;
  };
  const calls: WorkerCalls = {
    start: async (given) => {
      worker = await Worker.open(given, owner);
      return worker.facts();
    },
    range: (given) => started().begin(given),
    narrow: async ({ range, through }) => started().narrow(range, through),
    stop: ({ range }) => started().stop(range),
    testObject: async (place) => started().addTestObject(place),
    // What is told before the start is part of it.
    forgetWays: () => worker?.forgetWays(),
    limited: ({ access, isLimited }) => worker?.setLimited(access, isLimited),
    interrupt: () => worker?.interrupt(),
  };
  const owner = openChannel<OwnerCalls>(port, { ...calls });
  return { close: () => worker?.close() };
}

interface BegunRange {
  readonly running: RunningRange;
  readonly stop: AbortController;
}

/** Processes ranges for the owner of a run. */
class Worker {
  readonly #start: WorkerStart;
  readonly #owner: Channel<OwnerCalls>;
  readonly #options: ResolvedOptions;
  readonly #turns: ReturnType<typeof remoteTurns>;
  readonly #connection: Connection;
  readonly #room;
  readonly #touched = countTouched(false);
  readonly #interruption = new AbortController();
  readonly #signal: AbortSignal;
  readonly #testObjects: Place[];
  readonly #ranges = new Map<number, BegunRange>();
  readonly #reporting: NodeJS.Timeout;
  #known = new Map<string, Promise<Capabilities | null>>();
  #sizes: number[] = [];

  static async open(start: WorkerStart, owner: Channel<OwnerCalls>): Promise<Worker> {
    if (start.toolVersion !== TOOL_VERSION) {
      throw new RunError(
        `a worker process is of version ${TOOL_VERSION}, and the run of ${start.toolVersion}: stop it, and continue with --resume`,
      );
    }
    return new Worker(start, owner, await resolveOptions(start.given));
  }

  private constructor(start: WorkerStart, owner: Channel<OwnerCalls>, options: ResolvedOptions) {
    this.#start = start;
    this.#owner = owner;
    this.#options = options;
    this.#testObjects = [...start.testObjects];
    this.#room = createRoom(start.concurrency);
    this.#turns = remoteTurns(owner, start.limited);
    const { command, concurrency } = start;
    this.#connection = connect({
      ...options,
      concurrency,
      readOnly: modeOf({ command, options }) !== "migrate",
      signal: this.#interruption.signal,
      onEvent: (event) => owner.tell("event", event),
      turns: this.#turns,
    });
    for (const [bucket, region] of start.regions) this.#connection.place(bucket, region);
    const { lost } = this.#connection;
    lost.addEventListener("abort", () => owner.tell("lost", toSent(lost.reason as StoreError)));
    this.#signal = AbortSignal.any([lost, this.#interruption.signal]);
    setMaxListeners(0, this.#signal);
    this.#reporting = setInterval(() => this.#report(), STATE_EVERY_MS);
  }

  async facts(): Promise<WorkerFacts> {
    const { customerKeys = null } = customerKeysOf(this.#options);
    return { accessKeyId: await this.#connection.accessKeyId(), customerKeys };
  }

  begin({ id, scope, progress, unplaced, unplacedHere, settings, earlier }: SentRange): void {
    const stop = new AbortController();
    const context = this.#contextOf(id, settings, earlier);
    const work = {
      scope,
      progress: { ...progress, doneKeys: new Set(progress.doneKeys) },
      unplaced: new Set(unplaced),
      unplacedHere,
    };
    const stops = AbortSignal.any([stop.signal, this.#signal]);
    setMaxListeners(0, stops);
    // The owner counts the outcomes as it writes them.
    const running = runRange(work, context, { onOutcome: () => undefined, stop: stops });
    this.#ranges.set(id, { running, stop });
    running.done.then(
      () => this.#end(id),
      (error: unknown) => this.#end(id, error),
    );
  }

  narrow(id: number, through: string): boolean | Promise<boolean> {
    return this.#ranges.get(id)?.running.narrow(through) ?? false;
  }

  stop(id: number): void {
    this.#ranges.get(id)?.stop.abort();
  }

  addTestObject(place: Place): void {
    this.#testObjects.push(place);
  }

  forgetWays(): void {
    this.#known = new Map();
  }

  setLimited(...[access, isLimited]: Parameters<ReturnType<typeof remoteTurns>["setLimited"]>): void {
    this.#turns.setLimited(access, isLimited);
  }

  interrupt(): void {
    this.#interruption.abort();
  }

  close(): void {
    clearInterval(this.#reporting);
    this.#turns.close();
    this.#connection.close();
  }

  #end(id: number, error?: unknown): void {
    this.#report();
    this.#ranges.delete(id);
    const failure = error === undefined ? {} : { error: toSent(error) };
    this.#owner.tell("ended", { range: id, ...failure, isUnordered: error instanceof Unordered });
  }

  #report(): void {
    const ranges = [...this.#ranges].map(([id, { running }]) => ({
      id,
      lastKey: running.lastKey,
      listed: running.listed,
    }));
    const sizes = this.#sizes;
    this.#sizes = [];
    this.#owner.tell("state", { inFlight: this.#room.inFlight, ranges, sizes, touched: this.#touched.take() });
  }

  #contextOf(range: number, settings: SentRange["settings"], earlier: readonly BegunCopy[]): RunContext {
    const { store } = this.#connection;
    const { policy, keys, noncurrent, versions, filters, capabilities: known } = this.#options;
    const owner = this.#owner;
    const isOf = (object: Place) => (begun: Place) =>
      begun.bucket === object.bucket && object.key.startsWith(begun.key);
    return {
      mode: modeOf({ command: this.#start.command, options: this.#options }),
      policy,
      noncurrent,
      versions,
      keys,
      room: this.#room,
      mostRanges: 1,
      partLimit: pLimit(this.#start.concurrency),
      store: this.#touched.watch(store),
      testStore: store,
      capabilities: known.values,
      settingsOf: () => settings ?? undefined,
      ...this.#waysOf(),
      isTestObject: (object) => this.#testObjects.some(isOf(object)),
      walk: wholeWalk(store, { signal: this.#signal, onRepeated: (place) => owner.tell("repeated", place) }),
      isInScope: objectFilter(filters),
      known: NOTHING_KNOWN,
      journal: { append: (record) => owner.call("append", { range, record }) },
      inFlight: this.#inFlightOf(range, earlier),
      removals: createRemovalGuard({ store, capabilities: known.values, keys }),
      onEvent: (event) => {
        if (event.kind === "listed") this.#sizes.push(event.sizeBytes);
        else owner.tell("event", event);
      },
      signal: this.#signal,
      runStartedAt: new Date(this.#start.runStartedAt),
      now: () => new Date(),
    };
  }

  #inFlightOf(range: number, earlier: readonly BegunCopy[]): RunContext["inFlight"] {
    const begun = new Map(earlier.map((copy) => [copy.facts.key, copy]));
    return {
      begin: ({ facts, ...copy }) =>
        this.#owner.call("begin", { range, copy: { facts: { ...facts, customerKey: null }, ...copy } }),
      // The owner does so once the outcome is on the disk.
      settle: ({ key }) => void begun.delete(key),
      earlier: ({ key }) => begun.get(key),
    };
  }

  /** What the owner knows of the ways of copying in a bucket. It alone puts test objects. */
  #waysOf(): Pick<RunContext, "capabilitiesOf" | "beforeCopy" | "stopWay" | "beforeTestObject"> {
    const owner = this.#owner;
    return {
      capabilitiesOf: async (bucket) => {
        const known = await this.#ask(bucket, () => owner.call("capabilitiesOf", bucket));
        return known ?? this.#options.capabilities.values;
      },
      beforeCopy: (bucket, strategy, sourceKey) => {
        const way = { bucket, strategy, sourceKey: sourceKey?.md5 ?? null };
        return this.#ask(bucket, () => owner.call("beforeCopy", way), JSON.stringify(way));
      },
      stopWay: async (bucket, way, lost) => {
        await owner.call("stopWay", { bucket, way, lost });
        this.forgetWays();
      },
      beforeTestObject: () => Promise.reject(new Error("a worker puts no test object")),
    };
  }

  /** Asks the owner once, until what is known of the buckets changes. */
  #ask(bucket: string, ask: () => Promise<KnownOfBucket>, name = bucket): Promise<Capabilities | null> {
    const asked = this.#known.get(name) ?? ask().then((known) => this.#settle(bucket, known));
    this.#known.set(name, asked);
    return asked;
  }

  #settle(bucket: string, { capabilities, kmsKey }: KnownOfBucket): Capabilities | null {
    if (kmsKey !== null) this.#options.policy.target.kmsKey?.settle(bucket, kmsKey);
    return capabilities;
  }
}
