import { randomUUID } from "node:crypto";
import { RunError, TOOL_VERSION } from "../../errors.js";
import type { JournalRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import { Unordered } from "../../list/cut-range.js";
import { type RemoteRange, rangeCalls } from "../workers/remote-range.js";
import type { SentRange, WorkerCalls } from "../workers/worker-calls.js";
import type { Pool, PoolTools, Told } from "../workers/worker-pool.js";
import { Entry, type Link, type LinkTools, QueueLinks, type QueueOwnerCalls } from "./queue-links.js";
import type { Ticket } from "./redis.js";
import { announce, removeLeft, removeSession } from "./sessions.js";

/** So many workers in a row may lose a range before any of them has brought a line of it. */
const MOST_LOSSES = 5;
/** The pool gives up workers that do not stop when asked. */
const STOP_WITHIN_MS = 15_000;
const REPORT_WITHIN_MS = 5000;
const BEAT_MS = 1000;
const SUPPLY_EVERY_BEATS = 5;

/** The duties of the owner that all engines need. */
export type OfPool = Pick<
  PoolTools,
  "calls" | "remote" | "write" | "begin" | "onState" | "counts" | "recover" | "signal"
>;
type OfLinks = Omit<LinkTools, "session" | "callsOf" | "onLeft">;

export interface QueueTools extends OfPool, OfLinks, Pick<Pool, "versions"> {
  readonly run: Pick<RunRecord, "id" | "command" | "endpoint">;
}

/**
 * Workers on any machines, which share a run through Redis. Each range is a job of BullMQ, and the job is a ticket: the worker that
 * got it asks this process for the range, as it is then, under a new lease. Results under an older lease are refused.
 */
export class QueuePool implements Pool {
  readonly versions: Pool["versions"];
  readonly #tools: QueueTools;
  readonly #session = randomUUID();
  readonly #startedAt = new Date().toISOString();
  readonly #jobs;
  readonly #links: QueueLinks;
  readonly #entries = new Map<number, Entry>();
  #beats: NodeJS.Timeout | undefined;
  #beat = 0;
  #last = 0;
  #done = 0;
  #isAway = false;
  #isClosed = false;

  private constructor(tools: QueueTools) {
    const { engine, signal } = tools;
    this.versions = tools.versions;
    this.#tools = tools;
    this.#jobs = engine.jobs(this.#session);
    this.#links = new QueueLinks({
      ...tools,
      session: this.#session,
      callsOf: (link, ranges) => this.#callsOf(link, ranges),
      onLeft: (link, why) => this.#left(link, why),
    });
    signal?.addEventListener("abort", () => this.#interrupt());
  }

  /** Begins a session, in place of those that nobody coordinates any more. */
  static async open(tools: QueueTools): Promise<QueuePool> {
    const { engine, run, onEvent } = tools;
    await removeLeft(engine, run.id);
    const pool = new QueuePool(tools);
    await pool.#announce();
    pool.#beats = setInterval(() => void pool.#onBeat(), BEAT_MS);
    engine.redis.on("close", () => pool.#setAway(true));
    engine.redis.on("ready", () => pool.#setAway(false));
    onEvent({ kind: "queue", change: "waiting" });
    return pool;
  }

  start(...[work, records]: Parameters<Pool["start"]>): RemoteRange {
    const range = this.#tools.remote(work, records);
    this.#last += 1;
    const entry = new Entry(this.#last, range);
    this.#entries.set(entry.id, entry);
    range.narrowThere = (through) => this.#narrow(entry, through);
    records.stop.addEventListener("abort", () => this.#stop(entry), { once: true });
    if (records.stop.aborted) this.#end(entry);
    else void this.#supply(entry);
    return range;
  }

  /** One range waits for the worker that ends its own first. */
  isBusy(): boolean {
    return this.#links.accepted().length === 0 || this.#waiting().length > 0;
  }

  async testObject(place: { readonly bucket: string; readonly key: string }): Promise<void> {
    // A worker that leaves meanwhile lists nothing, and the next one learns it at its start.
    await Promise.all(this.#links.all().map(({ channel }) => channel.call("testObject", place).catch(() => undefined)));
  }

  tell<N extends Told>(name: N, given: Parameters<WorkerCalls[N]>[0]): void {
    for (const { channel } of this.#links.all()) channel.tell<N>(name, given as never);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#beats);
    await this.#lastReports();
    const { engine } = this.#tools;
    const enough = new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref());
    // If Redis is away, the session expires by itself.
    await Promise.race([removeSession(engine, this.#session).catch(() => undefined), enough]);
    this.#links.close();
    engine.close();
  }

  /** Requests may be left uncounted if a worker does not answer, or still has a range. */
  async #lastReports(): Promise<void> {
    const isWhole = this.#entries.size === 0 && this.#links.all().every(({ isAccepted }) => isAccepted);
    if (!isWhole) this.#tools.counts.isWhole = false;
    const reports = this.#links.accepted().map(({ channel }) => channel.call("report", null));
    const late = new Promise((_, reject) => setTimeout(reject, REPORT_WITHIN_MS).unref());
    await Promise.race([Promise.all(reports), late]).catch(() => {
      this.#tools.counts.isWhole = false;
    });
  }

  #waiting(): readonly Entry[] {
    return [...this.#entries.values()].filter(({ holder }) => holder === null);
  }

  /** Puts a ticket for the range into the queue, unless the queue has it. */
  async #supply({ id, nth }: Entry): Promise<void> {
    if (this.#isClosed) return;
    await this.#jobs.add("range", { range: id, nth }, { jobId: `${id}-${nth}` }).catch(() => undefined);
  }

  #callsOf(link: string, ranges: Link["ranges"]): QueueOwnerCalls {
    const { calls, begin, onState } = this.#tools;
    const ofRanges = rangeCalls(ranges, {
      write: (range, record) => this.#write(range, record),
      begin,
      onLine: () => undefined,
      onState,
      onEnded: (lease, end) => {
        const entry = [...this.#entries.values()].find(({ holder }) => holder?.lease === lease);
        if (ranges.delete(lease) && entry !== undefined) this.#ended(entry, end);
      },
    });
    // A worker whose credentials expired loses its ranges, and the others go on.
    const ofQueue: Pick<QueueOwnerCalls, "claim" | "lost" | "settled"> = {
      claim: (ticket) => this.#claim(link, ticket),
      lost: () => undefined,
      settled: ({ sentAt, ...given }) => {
        const { aheadMs = 0 } = this.#links.get(link) ?? {};
        calls.settled({ ...given, sentAt: sentAt - aheadMs });
      },
    };
    return { ...calls, ...ofRanges, ...ofQueue };
  }

  async #write(range: RemoteRange, record: JournalRecord): Promise<void> {
    const entry = [...this.#entries.values()].find((one) => one.range === range);
    try {
      await this.#tools.write(range, record);
      if (record.kind !== "outcome") return;
      this.#done += 1;
      if (entry !== undefined) entry.losses = 0;
    } catch (error) {
      if (entry !== undefined) entry.failure = error;
      throw error;
    }
  }

  /** A request that a store refuses to one worker, or that fails on its machine, may succeed from another one. */
  #ended(entry: Entry, { error, isHandedBack }: { readonly error?: unknown; readonly isHandedBack: boolean }): void {
    const isFinal = entry.failure !== undefined || error instanceof Unordered || error instanceof RunError;
    if (isFinal || error === undefined) this.#end(entry, entry.failure ?? error);
    else this.#giveAway(entry, isHandedBack ? null : error);
  }

  /** Lets another worker go on with a range. `loss`: why its worker did not end it. */
  #giveAway(entry: Entry, loss: unknown): void {
    entry.holder = null;
    entry.nth += 1;
    if (loss !== null) entry.losses += 1;
    if (entry.failure !== undefined) this.#end(entry, entry.failure);
    else if (entry.range.records.stop.aborted || this.#tools.signal?.aborted) this.#end(entry);
    else if (entry.losses >= MOST_LOSSES) this.#end(entry, tooManyLosses(loss));
    else void this.#supply(entry);
  }

  async #claim(id: string, { range, nth }: Ticket): Promise<SentRange | null> {
    const entry = this.#entries.get(range);
    const link = this.#links.get(id);
    if (entry === undefined || link === undefined || entry.nth !== nth) return null;
    // BullMQ gave the job to another worker, because the lock of its first one expired.
    if (entry.holder !== null) {
      entry.losses += 1;
      this.#tools.counts.isWhole = false;
    }
    entry.holder?.link.ranges.delete(entry.holder.lease);
    this.#last += 1;
    const lease = this.#last;
    entry.holder = { link, lease };
    try {
      if (entry.losses >= MOST_LOSSES) throw tooManyLosses(new Error("the lock of its job expired"));
      await this.#recover(entry);
    } catch (error) {
      this.#end(entry, error);
    }
    if (entry.range.records.stop.aborted) this.#end(entry);
    if (entry.holder?.lease !== lease || !this.#entries.has(range)) return null;
    entry.wasBegun = true;
    link.ranges.set(lease, entry.range);
    return entry.range.toSend(lease);
  }

  /** Cleans up for one claim after the other. */
  #recover(entry: Entry): Promise<void> {
    entry.recovered = entry.recovered.then(async () => {
      await Promise.allSettled(entry.range.writing);
      if (entry.wasBegun) await this.#tools.recover(entry.range);
    });
    return entry.recovered;
  }

  async #narrow(entry: Entry, through: string): Promise<boolean> {
    const { holder } = entry;
    if (holder === null || !holder.link.ranges.has(holder.lease)) return false;
    const isNarrow = await holder.link.channel.call("narrow", { range: holder.lease, through }).catch(() => false);
    // The worker that has the range by now was given all of it.
    return isNarrow && entry.holder?.lease === holder.lease;
  }

  #stop(entry: Entry): void {
    if (entry.holder === null) this.#end(entry);
    else entry.holder.link.channel.tell("stop", { range: entry.holder.lease });
  }

  #end(entry: Entry, error?: unknown): void {
    if (this.#entries.delete(entry.id)) entry.range.end(error);
  }

  #interrupt(): void {
    for (const { channel } of this.#links.all()) channel.tell("interrupt", null);
    for (const entry of this.#waiting()) this.#end(entry);
    setTimeout(() => {
      for (const link of this.#links.all()) this.#links.drop(link, "it did not stop");
    }, STOP_WITHIN_MS).unref();
  }

  #left(link: Link, why: string): void {
    link.ranges.clear();
    const held = [...this.#entries.values()].filter(({ holder }) => holder?.link === link);
    if (held.length > 0 || !link.isAccepted) this.#tools.counts.isWhole = false;
    for (const entry of held) this.#giveAway(entry, new Error(why));
    const isLast = this.#links.accepted().length === 0 && this.#entries.size > 0;
    if (isLast && !this.#isClosed) this.#tools.onEvent({ kind: "queue", change: "waiting" });
  }

  #setAway(isAway: boolean): void {
    if (this.#isAway === isAway || this.#isClosed) return;
    this.#isAway = isAway;
    this.#tools.onEvent({ kind: "queue", change: isAway ? "lost" : "back" });
  }

  async #onBeat(): Promise<void> {
    this.#beat += 1;
    this.#links.beat();
    // Redis may have lost some of them.
    if (this.#beat % SUPPLY_EVERY_BEATS === 0) for (const entry of this.#waiting()) void this.#supply(entry);
    if (!this.#isAway) await this.#announce().catch(() => undefined);
  }

  async #announce(): Promise<void> {
    const { engine, run } = this.#tools;
    const waiting = this.#waiting().length;
    const info = {
      id: this.#session,
      run: run.id,
      command: run.command,
      toolVersion: TOOL_VERSION,
      endpoint: run.endpoint,
      startedAt: this.#startedAt,
      workers: this.#links.accepted().map(({ name }) => name),
      held: this.#entries.size - waiting,
      waiting,
      done: this.#done,
    };
    const links = this.#links.all().map(({ id }) => id);
    await announce(engine, info, links);
  }
}

function tooManyLosses(loss: unknown): RunError {
  return new RunError(
    `${MOST_LOSSES} workers in a row lost the same part of the keys (${(loss as Error).message}): see what the workers print, then continue with --resume`,
    { cause: loss },
  );
}
