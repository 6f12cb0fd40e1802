import { performance } from "node:perf_hooks";
import { createRoom, type Room } from "../object/room.js";
import { type Clock, systemClock } from "../store/pace/token-bucket.js";
import type { TurnsByAccess } from "../store/rate-limited-store.js";

/** How many objects are in flight at first, in all processes of a run together. */
export const AT_FIRST = 64;

const LOOK_EVERY_MS = 100;
const GROWTH = 2;
const SHRINKAGE = 0.75;
/** Growth has to bring this share of itself in more answers a second, or it is taken back. */
const WORTH = 0.2;
/** How long nothing is tried after growth that brought nothing; twice as long after each further time. */
const REST_MS = 1000;
const MOST_REST_MS = 8000;
/** Fewer answers than this say nothing of the store. */
const MIN_ANSWERS = 8;
/**
 * A migrated object has one HEAD before its copy and one after. Objects begin and end in step, so only the time in which all in
 * flight had both shows what their number brings.
 */
const HEADS_AN_OBJECT = 2;
/** Above this share of time, the CPU of this process decides, and not the store. */
const BUSY_LOOP = 0.9;
/** How many times as long as at its best an answer may take. */
const SLOW = 2;
const VERY_SLOW = 4;
/** The best time of an answer is forgotten after as long, for a store may have become slower. */
const FORGET_MS = 15_000;

/** The measurements of a connection to its store. */
export class StoreLoad {
  readonly #turns: TurnsByAccess;
  /** The answers to HEAD so far, and how long they took together. */
  answered = 0;
  tookMs = 0;
  /** When the last of them came. */
  lastAt = 0;

  constructor(turns: TurnsByAccess) {
    this.#turns = turns;
  }

  /** A HEAD was answered now, and took so long. */
  look(ms: number, now: number): void {
    this.answered += 1;
    this.tookMs += ms;
    this.lastAt = now;
  }

  /** How many requests wait until they may be sent. */
  get waiting(): number {
    return this.#turns.read.waiting + this.#turns.write.waiting;
  }
}

interface RoomTools {
  readonly load: Pick<StoreLoad, "answered" | "tookMs" | "lastAt" | "waiting">;
  readonly clock?: Clock;
  /** The share of time since the last call in which the event loop was not idle. */
  readonly busyShare?: () => number;
}

/**
 * A room whose size follows what the store, the rate limits and this process can do. It grows while it is full and more
 * objects in flight bring more answers a second, up to its limit. It stays as it is while this process is busy,
 * while requests wait for their turn, or if answers take twice as long as at their best. It shrinks, but not below
 * its size at first, if most of the objects wait for a turn or answers take four times as long.
 */
export function openAdaptiveRoom(limit: number, atFirst: number, tools: RoomTools): Room & { close(): void } {
  const { load, clock = systemClock, busyShare = loopBusyShare() } = tools;
  const room = createRoom(limit, atFirst);
  const sizing = new Sizing(room, atFirst);
  const from = (at: number) => ({ answered: load.answered, tookMs: load.tookMs, at });
  let last = from(clock.now());
  let isFull = false;
  let callOff = () => {};
  const look = () => {
    const now = clock.now();
    const answered = load.answered - last.answered;
    isFull ||= room.inFlight >= room.most;
    if (room.inFlight < room.most / 2) {
      // What is measured while there are few objects, as before the first one, says nothing of their number.
      last = from(now);
      isFull = false;
    } else if (answered >= Math.max(MIN_ANSWERS, HEADS_AN_OBJECT * room.most)) {
      const perSecond = (1000 * answered) / Math.max(1, load.lastAt - last.at);
      const meanMs = (load.tookMs - last.tookMs) / answered;
      const waitingShare = load.waiting / Math.max(1, room.inFlight);
      sizing.settle({ now, perSecond, meanMs, waitingShare, busyShare: busyShare(), isFull });
      last = from(load.lastAt);
      isFull = false;
    }
    callOff = clock.after(LOOK_EVERY_MS, look);
  };
  callOff = clock.after(LOOK_EVERY_MS, look);
  return Object.assign(room, { close: () => callOff() });
}

/** The rooms of a connection, each up to `limit` objects in flight. */
export function openRooms(limit: number, turns: TurnsByAccess) {
  const load = new StoreLoad(turns);
  const rooms: { close(): void }[] = [];
  return {
    onLook: (ms: number, now: number) => load.look(ms, now),
    open: (atFirst = AT_FIRST): Room => {
      const room = openAdaptiveRoom(limit, atFirst, { load });
      rooms.push(room);
      return room;
    },
    close: () => {
      for (const room of rooms) room.close();
    },
  };
}

interface Sight {
  readonly now: number;
  /** Answers. */
  readonly perSecond: number;
  /** How long an answer took. */
  readonly meanMs: number;
  /** Requests that wait for their turn, for each object in flight. */
  readonly waitingShare: number;
  readonly busyShare: number;
  /** Whether there were more objects than room. */
  readonly isFull: boolean;
}

class Sizing {
  readonly #room: Room;
  readonly #atFirst: number;
  /** The size before it grew, and the answers a second that it brought. */
  #before: { readonly most: number; readonly perSecond: number } | null = null;
  #restsUntil = 0;
  #restMs = REST_MS;
  #best = { ms: Number.POSITIVE_INFINITY, earlierMs: Number.POSITIVE_INFINITY, sinceMs: 0 };

  constructor(room: Room, atFirst: number) {
    this.#room = room;
    this.#atFirst = atFirst;
  }

  settle(sight: Sight): void {
    const slowness = sight.meanMs / this.#bestOf(sight);
    const before = this.#before;
    this.#before = null;
    if (sight.waitingShare > SHRINKAGE || slowness > VERY_SLOW) {
      this.#room.most = Math.max(Math.min(this.#atFirst, this.#room.most), Math.floor(this.#room.most * SHRINKAGE));
      return;
    }
    const { most } = this.#room;
    if (before !== null && sight.perSecond < before.perSecond * (1 + WORTH * (most / before.most - 1))) {
      this.#room.most = before.most;
      this.#restsUntil = sight.now + this.#restMs;
      this.#restMs = Math.min(2 * this.#restMs, MOST_REST_MS);
      return;
    }
    if (before !== null) this.#restMs = REST_MS;
    const isAtItsLimit = sight.waitingShare > 1 - BUSY_LOOP || sight.busyShare > BUSY_LOOP || slowness > SLOW;
    if (!sight.isFull || isAtItsLimit || sight.now < this.#restsUntil || most >= this.#room.limit) return;
    this.#before = { most, perSecond: sight.perSecond };
    this.#room.most = Math.ceil(most * GROWTH);
  }

  #bestOf({ now, meanMs }: Sight): number {
    const { ms, earlierMs, sinceMs } = this.#best;
    const isOver = now - sinceMs > FORGET_MS;
    this.#best = isOver
      ? { ms: meanMs, earlierMs: ms, sinceMs: now }
      : { ms: Math.min(ms, meanMs), earlierMs, sinceMs };
    return Math.min(this.#best.ms, this.#best.earlierMs);
  }
}

/** A shorter time says nothing: a process is busy whenever it asks. */
const LEAST_MEASURED_MS = 50;

/** The share of time since the last measurement, of at least so many milliseconds, in which the event loop was not idle. */
export function loopBusyShare(leastMs = LEAST_MEASURED_MS): () => number {
  let last = performance.eventLoopUtilization();
  let share = 0;
  return () => {
    const since = performance.eventLoopUtilization(last);
    if (since.idle + since.active < leastMs) return share;
    last = performance.eventLoopUtilization();
    share = since.utilization;
    return share;
  };
}

/** Whether the CPU of this process is the limit: its event loop was hardly ever idle since the last measurement. */
export function createBusyCheck(leastMs?: number): () => boolean {
  const busyShare = loopBusyShare(leastMs);
  return () => busyShare() > BUSY_LOOP;
}
