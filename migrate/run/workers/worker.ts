import { setMaxListeners } from "node:events";
import { openShared, type SortedFacts } from "../../compare/known.js";
import { openWalk } from "../../compare/named-walk.js";
import { RunError, TOOL_VERSION } from "../../errors.js";
import type { ProgressEvent } from "../../journal/events.js";
import { objectFilter } from "../../list/object-filter.js";
import type { RunningRange } from "../../list/side-by-side.js";
import type { Place, RunContext } from "../../object/context.js";
import { EarlyAcls } from "../../object/early-acl.js";
import { createTransferLimits, type Room } from "../../object/room.js";
import { type ResolvedOptions, resolveOptions } from "../../options/resolve-options.js";
import { requests, type SentRequest } from "../../store/operations.js";
import type { StoreError } from "../../store/store-error.js";
import { createRemovalGuard, type RemovalTurns } from "../../versions/removal-guard.js";
import { countTouched, knownObjects, modeOf } from "../build-context.js";
import { connectedEvent } from "../check-access.js";
import { type Connection, connect } from "../connect.js";
import { runWork, type Work } from "../process-range.js";
import { customerKeysOf } from "../session.js";
import { type Channel, openChannel, type Port, toSent } from "./channel.js";
import { remoteRemovals, remoteTurns } from "./remote-turns.js";
import {
  copiesInFlight,
  fingerprintOf,
  type OwnerCalls,
  type RemoteWays,
  remoteWays,
  type SentRange,
  type ServeTools,
  type Serving,
  type WorkerCalls,
  type WorkerFacts,
  type WorkerStart,
} from "./worker-calls.js";

const STATE_EVERY_MS = 50;
/** Without a range, it only says that it is there. */
const IDLE_STATE_EVERY_MS = 1000;

/** Serves the owner of a run behind this port, until `close` is called. */
export function serveOwner(port: Port, tools: ServeTools = {}): Serving {
  let worker: Worker | null = null;
  const testObjects: Place[] = [];
  const removals = remoteRemovals(() => owner);
  const started = () => {
    if (worker === null) throw new Error("the worker was not started");
    return worker;
  };
  const calls: WorkerCalls = {
    start: async (given) => {
      testObjects.push(...given.testObjects);
      if (given.removalsStopped) removals.stop();
      const start = { ...given, given: { ...given.given, ...tools.given }, testObjects };
      worker = await Worker.open(start, { owner, removals }, tools);
      return worker.facts();
    },
    range: (given) => void started().begin(given),
    narrow: async ({ range, through }) => started().narrow(range, through),
    report: async () => worker?.report(),
    testObject: async (place) => void testObjects.push(place),
    // Notices before the start are part of it. The owner begins no range that it stopped before.
    stop: ({ range }) => worker?.stop(range),
    forgetWays: () => worker?.forgetWays(),
    limited: ({ access, isLimited }) => worker?.setLimited(access, isLimited),
    removalsStopped: () => void removals.stop(),
    interrupt: () => worker?.interrupt(),
  };
  const owner = openChannel<OwnerCalls>(port, { ...calls, ...tools.calls });
  return {
    owner,
    process: (range) => started().begin(range),
    stop: () => worker?.stopAll(),
    interrupt: () => worker?.interrupt(),
    close: () => worker?.close(),
  };
}

interface OfOwner {
  readonly owner: Channel<OwnerCalls>;
  readonly removals: RemovalTurns;
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
  readonly #facts: SortedFacts;
  readonly #turns: ReturnType<typeof remoteTurns>;
  readonly #connection: Connection;
  readonly #room: Room;
  readonly #touched = countTouched(false);
  readonly #interruption = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ranges = new Map<number, BegunRange>();
  readonly #reporting: readonly NodeJS.Timeout[];
  readonly #tools: ServeTools;
  readonly #limits;
  /** Ranges that were stopped before they were begun. */
  readonly #stopped = new Set<number>();
  readonly #ways: RemoteWays;
  readonly #removals: RunContext["removals"];
  /** Of what was listed since the last report. */
  #sizes = { objects: [] as number[], versions: [] as number[] };

  static async open(start: WorkerStart, ofOwner: OfOwner, tools: ServeTools): Promise<Worker> {
    if (start.toolVersion !== TOOL_VERSION) {
      throw new RunError(
        `a worker process is of version ${TOOL_VERSION}, and the run of ${start.toolVersion}: stop it, and continue with --resume`,
      );
    }
    return new Worker(start, ofOwner, await resolveOptions(start.given), tools);
  }

  private constructor(start: WorkerStart, ofOwner: OfOwner, options: ResolvedOptions, tools: ServeTools) {
    const { owner, removals } = ofOwner;
    this.#tools = tools;
    this.#start = start;
    this.#owner = owner;
    this.#options = options;
    this.#ways = remoteWays(owner, options);
    this.#facts = openShared(start.facts, start.scopes);
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
    const { store } = this.#connection;
    const reading = { store, capabilities: options.capabilities.values, keys: options.keys };
    this.#removals = createRemovalGuard(reading, removals);
    this.#room = this.#connection.openRoom(start.atFirst);
    this.#limits = { earlyAcls: new EarlyAcls(), ...createTransferLimits(start.atFirst) };
    if (start.tellsRequests) requests.subscribe((request) => owner.tell("request", request as SentRequest));
    for (const [bucket, region] of start.regions) this.#connection.place(bucket, region);
    const { lost } = this.#connection;
    lost.addEventListener("abort", () => {
      owner.tell("lost", toSent(lost.reason as StoreError));
      tools.onLost?.(lost.reason as StoreError);
    });
    this.#signal = AbortSignal.any([lost, this.#interruption.signal]);
    setMaxListeners(0, this.#signal);
    const reportBusy = () => void (this.#ranges.size > 0 && this.report());
    this.#reporting = [setInterval(reportBusy, STATE_EVERY_MS), setInterval(() => this.report(), IDLE_STATE_EVERY_MS)];
  }

  async facts(): Promise<WorkerFacts> {
    const connected = await connectedEvent(this.#options, this.#connection);
    this.#tools.onConnected?.(connected);
    const { customerKeys = null } = customerKeysOf(this.#options);
    const { firstContact } = this.#connection;
    for (const scope of this.#start.reach) {
      await firstContact.listObjects({ ...scope, limit: 1 }).finally(() => this.report());
    }
    const capabilities = fingerprintOf(this.#options.capabilities.values);
    return { accessKeyId: connected.accessKeyId, customerKeys, capabilities, at: Date.now() };
  }

  begin(sent: SentRange): Promise<void> {
    const { id } = sent;
    const stop = new AbortController();
    if (this.#tools.isLeaving?.() || this.#stopped.delete(id)) stop.abort();
    const stops = AbortSignal.any([stop.signal, this.#signal]);
    setMaxListeners(0, stops);
    // The owner counts the results as it writes them.
    const running = runWork(workOf(sent), this.#contextOf(sent), { onResult: () => undefined, stop: stops });
    this.#ranges.set(id, { running, stop });
    return running.done.then(
      () => this.#end(id),
      (error: unknown) => this.#end(id, error),
    );
  }

  narrow(id: number, through: string): boolean | Promise<boolean> {
    return this.#ranges.get(id)?.running.narrow(through) ?? false;
  }

  stop(id: number): void {
    if (!this.#ranges.has(id)) this.#stopped.add(id);
    this.#ranges.get(id)?.stop.abort();
  }

  stopAll(): void {
    for (const { stop } of this.#ranges.values()) stop.abort();
  }

  forgetWays(): void {
    this.#ways.forget();
  }

  setLimited(...[access, isLimited]: Parameters<ReturnType<typeof remoteTurns>["setLimited"]>): void {
    this.#turns.setLimited(access, isLimited);
  }

  interrupt(): void {
    this.#interruption.abort();
  }

  close(): void {
    for (const timer of this.#reporting) clearInterval(timer);
    this.#turns.close();
    this.#connection.close();
  }

  #end(id: number, error?: unknown): void {
    this.report();
    this.#ranges.delete(id);
    const failure = error === undefined ? {} : { error: toSent(error) };
    const isHandedBack = this.#tools.isLeaving?.() ?? false;
    this.#owner.tell("ended", { range: id, ...failure, isHandedBack });
  }

  report(): void {
    const ranges = [...this.#ranges].map(([id, { running }]) => ({
      id,
      lastKey: running.lastKey,
      listed: running.listed,
    }));
    const { objects: sizes, versions: versionSizes } = this.#sizes;
    this.#sizes = { objects: [], versions: [] };
    const { inFlight, most } = this.#room;
    const [touched, requests] = [this.#touched.take(), this.#connection.counts.take()];
    this.#owner.tell("state", { inFlight, most, ranges, sizes, versionSizes, touched, requests });
  }

  #tell(event: ProgressEvent): void {
    if (event.kind === "listed") this.#sizes.objects.push(event.sizeBytes);
    else if (event.kind === "version-listed") this.#sizes.versions.push(event.sizeBytes);
    else this.#owner.tell("event", event);
  }

  #contextOf(sent: SentRange): RunContext {
    const { id: range, settings } = sent;
    const earlier = sent.kind === "objects" ? sent.earlier : [];
    const { store } = this.#connection;
    const { policy, keys, noncurrent, versions, filters, capabilities: known } = this.#options;
    const { command, scopes } = this.#start;
    const [owner, signal, settingsOf, now] = [this.#owner, this.#signal, () => settings ?? undefined, () => new Date()];
    const isOf = (object: Place) => (begun: Place) =>
      begun.bucket === object.bucket && object.key.startsWith(begun.key);
    return {
      mode: modeOf({ command, options: this.#options }),
      policy,
      noncurrent,
      versions,
      keys,
      room: this.#room,
      mostRanges: 1,
      ...this.#limits,
      store: this.#touched.watch(store),
      testStore: store,
      capabilities: known.values,
      settingsOf,
      ...this.#ways.calls,
      isTestObject: (object) => this.#start.testObjects.some(isOf(object)),
      walk: openWalk(store, this.#facts.named, { signal, onRepeated: (place) => owner.tell("repeated", place) }),
      isInScope: objectFilter(filters),
      known: knownObjects(command, this.#facts, { scopes, store, signal, now, bucketOf: settingsOf }),
      journal: { append: (record) => owner.call("append", { range, record }) },
      inFlight: copiesInFlight(owner, range, earlier),
      removals: this.#removals,
      onEvent: (event) => this.#tell(event),
      signal,
      runStartedAt: new Date(this.#start.runStartedAt),
      now,
    };
  }
}

/** A range as it was before it was sent. */
export function workOf(sent: SentRange): Work {
  const { kind, scope } = sent;
  if (kind === "versions") {
    const done = sent.part.done.map(([key, versionIds]) => [key, new Set(versionIds)] as const);
    return { kind, scope, part: { ...sent.part, done: new Map(done) } };
  }
  const { progress, unplaced, unplacedHere } = sent;
  const doneKeys = new Set(progress.doneKeys);
  return { kind, scope, progress: { ...progress, doneKeys }, unplaced: new Set(unplaced), unplacedHere };
}
