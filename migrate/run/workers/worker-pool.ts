import type { ChildProcess } from "node:child_process";
import { RunError } from "../../errors.js";
import type { RunningRange } from "../../list/side-by-side.js";
import type { RangePool, RangeRecords, Room } from "../../object/room.js";
import type { RequestCounts } from "../../store/transport/request.js";
import { withoutSecrets } from "../../store/wire.js";
import type { HeldTurns } from "../../versions/removal-guard.js";
import type { VersionWork } from "../../versions/resume-versions.js";
import { AT_FIRST, createBusyCheck } from "../adaptive-room.js";
import type { RangeWork, Work } from "../process-range.js";
import { type Channel, forkWorker, openChannel, startError } from "./channel.js";
import { type RangeTools, type RemoteRange, rangeCalls } from "./remote-range.js";
import type { OwnerCalls, WorkerCalls, WorkerFacts, WorkerStart } from "./worker-calls.js";

/** So many workers may end in a row before any of them has brought a line. */
const MOST_DEATHS = 3;
/** The pool ends a worker that does not stop when asked. */
const STOP_WITHIN_MS = 15_000;

export type InFlightShare = Pick<WorkerStart, "concurrency" | "atFirst">;
export interface PoolTools extends Pick<RangeTools, "write" | "begin" | "onState"> {
  /** How many processes work, this one included. */
  readonly workers: number;
  /** How many of the others are of use now; never fewer than before. @default all */
  readonly helpers: (() => number) | undefined;
  /** The objects in flight in this process. */
  readonly room: Room;
  /** Resolves once a worker can begin. */
  readonly prepare: () => Promise<void>;
  readonly start: (inFlight: InFlightShare) => WorkerStart;
  /** Throws if the worker has another identity or other keys than this process. */
  readonly check: (facts: WorkerFacts) => void;
  /** The calls of a worker, besides those for its ranges. */
  readonly calls: Omit<OwnerCalls, "append" | "begin" | "state" | "ended">;
  /** The turns of one more process to remove versions. */
  readonly openRemovals: () => HeldTurns;
  readonly remote: (work: Work, records: RangeRecords) => RemoteRange;
  readonly counts: RequestCounts;
  /** Cleans up what the worker of a range left behind. */
  readonly recover: (range: RemoteRange) => Promise<void>;
  /** Called for each worker that ended before its ranges did. */
  readonly onReplaced: (why: string) => void;
  /** Processes a range in this process. */
  readonly runHere: (work: Work, records: RangeRecords) => RunningRange;
  /** The run is interrupted, or no call can succeed any more. */
  readonly signal: AbortSignal | undefined;
}

export type Told = "forgetWays" | "limited" | "removalsStopped";

/** The worker processes in which the ranges of a run are processed. */
export interface Pool extends RangePool<RangeWork> {
  /** Where ranges of noncurrent versions are examined. */
  readonly versions: RangePool<VersionWork>;
  /** Whether a process waits for objects to be listed, which other listings here would slow down. @default never */
  waitsForListing?(): boolean;
  /** Resolves once no worker takes these objects for objects of the bucket. */
  testObject(place: { readonly bucket: string; readonly key: string }): Promise<void>;
  /** Tells all workers. */
  tell<N extends Told>(name: N, given: Parameters<WorkerCalls[N]>[0]): void;
  close(): Promise<void>;
}

/** The processes of a run: this one, and workers that are started once there are ranges for them. */
export class WorkerPool implements Pool {
  readonly versions: RangePool<VersionWork> = this;
  readonly #tools: PoolTools;
  /** The most objects in flight in this process beside the workers. */
  readonly #mine: number;
  readonly #workers: WorkerProcess[];
  readonly #isAtItsLimit = createBusyCheck();
  readonly #here = new Set<RunningRange>();

  constructor(tools: PoolTools) {
    this.#tools = tools;
    const concurrency = Math.floor(tools.room.limit / tools.workers);
    const share = { concurrency, atFirst: Math.min(concurrency, Math.ceil(AT_FIRST / tools.workers)) };
    this.#mine = tools.room.limit - concurrency * (tools.workers - 1);
    const deaths = { inARow: 0 };
    this.#workers = Array.from({ length: tools.workers - 1 }, () => new WorkerProcess(tools, share, deaths));
    tools.signal?.addEventListener("abort", () => {
      for (const worker of this.#workers) worker.interrupt();
    });
  }

  /** Begins a range in the process that has the least to do. */
  start(work: Work, records: RangeRecords): RunningRange {
    const [idlest] = this.#helping.toSorted((a, b) => a.ranges - b.ranges || a.inFlight - b.inFlight);
    const here = this.#here.size;
    const isMine = idlest === undefined || here < idlest.ranges || here + idlest.ranges === 0;
    if (!isMine) {
      this.#tools.room.limit = this.#mine;
      return idlest.take(this.#tools.remote(work, records));
    }
    const running = this.#tools.runHere(work, records);
    this.#here.add(running);
    const left = () => this.#here.delete(running);
    running.done.then(left, left);
    return running;
  }

  isBusy(): boolean {
    if (this.#here.size === 0 || this.#helping.some(({ ranges }) => ranges === 0)) return false;
    return this.#isFull || this.#isAtItsLimit();
  }

  /** A process that is at its limit without being full is so because it lists. */
  waitsForListing(): boolean {
    return !this.#isFull && (this.#here.size > 0 || this.#helping.some(({ ranges }) => ranges > 0));
  }

  get #helping(): readonly WorkerProcess[] {
    return this.#workers.slice(0, this.#tools.helpers?.());
  }

  get #isFull(): boolean {
    return [this.#tools.room, ...this.#helping].every(({ inFlight, most }) => inFlight >= most / 2);
  }

  async testObject(place: { readonly bucket: string; readonly key: string }): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.call("testObject", place)));
  }

  tell<N extends Told>(name: N, given: Parameters<WorkerCalls[N]>[0]): void {
    for (const worker of this.#workers) worker.tell(name, given);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly channel: Channel<WorkerCalls>;
  readonly ready: Promise<void>;
  isReady: boolean;
}

/** A worker, in whatever process it is now. */
class WorkerProcess {
  inFlight = 0;
  most: number;
  readonly #tools: PoolTools;
  readonly #share: InFlightShare;
  readonly #deaths: { inARow: number };
  readonly #ranges = new Map<number, RemoteRange>();
  #running: Running | null = null;
  #lastId = 0;

  constructor(tools: PoolTools, share: InFlightShare, deaths: { inARow: number }) {
    this.#tools = tools;
    this.most = share.atFirst;
    this.#share = share;
    this.#deaths = deaths;
  }

  get ranges(): number {
    return this.#ranges.size;
  }

  take(range: RemoteRange): RunningRange {
    range.records.stop.addEventListener("abort", () => this.#stop(range), { once: true });
    void this.#begin(range);
    return range;
  }

  interrupt(): void {
    this.#running?.channel.tell("interrupt", null);
    const { child } = this.#running ?? {};
    setTimeout(() => child?.kill("SIGKILL"), STOP_WITHIN_MS).unref();
  }

  async call(name: "testObject", given: Parameters<WorkerCalls["testObject"]>[0]): Promise<void> {
    const { channel, ready } = this.#running ?? {};
    // A worker that is gone lists nothing, and the next one learns it at its start.
    await ready?.then(() => channel?.call(name, given)).catch(() => undefined);
  }

  tell<N extends Told>(name: N, given: Parameters<WorkerCalls[N]>[0]): void {
    this.#running?.channel.tell<N>(name, given as never);
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    const { child, channel } = running;
    if (this.#ranges.size > 0) this.#missRequests(running);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await channel.call("report", null).catch(() => this.#missRequests(running));
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(kill);
  }

  /** The process ended, or is about to, before it reported all of them. It sends none before it is ready. */
  #missRequests({ isReady }: Running): void {
    if (isReady) this.#tools.counts.isWhole = false;
  }

  async #begin(range: RemoteRange): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#ranges.set(id, range);
    try {
      this.#running ??= this.#spawn();
      const { channel, ready } = this.#running;
      // A process that ended narrows nothing.
      const narrow = (through: string) => channel.call("narrow", { range: id, through });
      range.narrowThere = (through) => ready.then(() => narrow(through)).catch(() => false);
      await ready;
      if (range.records.stop.aborted) this.#end(id);
      else channel.tell("range", range.toSend(id));
    } catch (error) {
      // If the process ended, its ranges are begun again elsewhere.
      if (this.#ranges.has(id)) this.#end(id, startError(error));
    }
  }

  #stop(range: RemoteRange): void {
    for (const [id, one] of this.#ranges) if (one === range) this.#running?.channel.tell("stop", { range: id });
  }

  #end(id: number, error?: unknown): void {
    this.#ranges.get(id)?.end(error);
    this.#ranges.delete(id);
  }

  #spawn(): Running {
    const { child, port, words } = forkWorker();
    const removals = this.#tools.openRemovals();
    const channel = openChannel<WorkerCalls>(port, { ...this.#calls(removals) });
    const { prepare, start, check } = this.#tools;
    const ready = prepare().then(() => channel.call("start", start(this.#share)).then(check));
    const running: Running = { child, channel, ready, isReady: false };
    ready.then(() => Object.assign(running, { isReady: true })).catch(() => undefined);
    const exited = (why: string) => {
      channel.close(new Error(`the worker process ended (${why})`));
      removals.leave();
      void this.#exited(running, `${why}${words() === "" ? "" : `: ${withoutSecrets(words().trim())}`}`);
    };
    child.once("error", (error) => exited(error.message));
    child.once("exit", (code, signal) => exited(signal ?? `exit code ${code}`));
    return running;
  }

  #calls(removals: HeldTurns): OwnerCalls {
    const { calls, onState } = this.#tools;
    const ofRanges = rangeCalls(this.#ranges, {
      ...this.#tools,
      onLine: () => {
        this.#deaths.inARow = 0;
      },
      onState: (state) => {
        Object.assign(this, { inFlight: state.inFlight, most: state.most });
        onState(state);
      },
      onEnded: (id, { error }) => this.#end(id, error),
    });
    const ofRemovals: Pick<OwnerCalls, "takeRemoval" | "removalDone"> = {
      takeRemoval: ({ bucket, isBare }) => removals.take(bucket, isBare),
      removalDone: ({ bucket, effect }) => removals.done(bucket, effect),
    };
    return { ...calls, ...ofRanges, ...ofRemovals };
  }

  /** Begins the ranges of a process that ended again, in another one. */
  async #exited(running: Running, why: string): Promise<void> {
    if (this.#running !== running) return;
    this.#running = null;
    this.inFlight = 0;
    const ranges = [...this.#ranges.values()];
    this.#ranges.clear();
    if (ranges.length === 0) return;
    this.#missRequests(running);
    this.#deaths.inARow += 1;
    if (!this.#tools.signal?.aborted) this.#tools.onReplaced(why);
    for (const range of ranges) await this.#again(range, why);
  }

  async #again(range: RemoteRange, why: string): Promise<void> {
    await Promise.allSettled(range.writing);
    try {
      // The scope may be listed again after a range that was stopped.
      if (!this.#tools.signal?.aborted) await this.#tools.recover(range);
      if (this.#tools.signal?.aborted || range.records.stop.aborted) return range.end();
      if (this.#deaths.inARow > MOST_DEATHS) {
        throw new RunError(
          `worker processes keep ending (${why}): continue with --resume, and with --workers 1 if no other process can run here`,
        );
      }
      await this.#begin(range);
    } catch (error) {
      range.end(error);
    }
  }
}
