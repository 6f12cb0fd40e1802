import type { Redis } from "ioredis";
import type { Message, Port } from "../workers/channel.js";

/** Why a link between an owner and a worker ended, as the other side says. Other versions of bucketseal read it too. */
export interface LinkEnd {
  readonly kind: "refused" | "broken";
  readonly why: string;
}

/**
 * Entries and reads of a busy stream are so far apart, so that more messages travel together. An entry of its own for each
 * message costs the two sides more CPU time than the object that it is about.
 */
const APART_MS = 5;
const ENTRIES_A_READ = 100;
/** A stream is trimmed after so many entries. */
const ENTRIES_A_TRIM = 20;
/** So long a read waits for entries. A stream that is added meanwhile is read afterwards. */
const READ_FOR_MS = 1000;
const PAUSE_MS = 500;

interface Source {
  /** Called with the text of each entry, by the name of its field. */
  readonly onEntry: (text: string, name: string) => void;
  /** Called if an entry is missing. Absent for a stream whose entries are not numbered. */
  readonly onMissing?: () => void;
}

/**
 * Reads streams of Redis. The entries that one side of a link sends are numbered from 1, by their IDs. Redis may forget the last
 * of them when it is killed. Then a number is missing, and the two sides of the link do not know the same any more.
 */
export class StreamReader {
  readonly #redis: Redis;
  readonly #trimming: Redis;
  readonly #sources = new Map<string, Source & { last: string; untrimmed: number }>();
  readonly #onRound: () => void;
  #isClosed = false;

  /** `redis`: a connection for this alone. `onRound` is called after each answer of Redis. */
  constructor(redis: Redis, trimming: Redis, onRound: () => void = () => undefined) {
    this.#redis = redis;
    this.#trimming = trimming;
    this.#onRound = onRound;
  }

  add(key: string, source: Source): void {
    this.#sources.set(key, { ...source, last: "0-0", untrimmed: 0 });
  }

  remove(key: string): void {
    this.#sources.delete(key);
  }

  async run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#round();
      } catch {
        // The connection is opened again by itself.
        await pauseFor(PAUSE_MS);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#redis.disconnect();
  }

  async #round(): Promise<void> {
    const keys = [...this.#sources.keys()];
    const from = keys.map((key) => this.#sources.get(key)?.last ?? "0-0");
    const found = await this.#redis.xread("COUNT", ENTRIES_A_READ, "BLOCK", READ_FOR_MS, "STREAMS", ...keys, ...from);
    if (this.#isClosed) return;
    for (const [key, entries] of found ?? []) {
      for (const [id, fields] of entries) this.#take(key, id, fields);
      this.#trim(key, entries.length);
    }
    this.#onRound();
    if (found !== null) await pauseFor(APART_MS);
  }

  /** Messages that were read are not needed any more: the sender waits for the answers to its calls. */
  #trim(key: string, taken: number): void {
    const source = this.#sources.get(key);
    if (source === undefined) return;
    source.untrimmed += taken;
    if (source.untrimmed < ENTRIES_A_TRIM) return;
    source.untrimmed = 0;
    this.#trimming.xtrim(key, "MINID", after(source.last)).catch(() => undefined);
  }

  #take(key: string, id: string, [name = "", text = ""]: readonly string[]): void {
    const source = this.#sources.get(key);
    if (source === undefined) return;
    const { onEntry, onMissing, last } = source;
    source.last = id;
    const isNext = Number.parseInt(id, 10) === Number.parseInt(last, 10) + 1;
    if (onMissing === undefined || isNext) {
      onEntry(text, name);
      return;
    }
    this.remove(key);
    onMissing();
  }
}

/** The least ID of a stream that is above this one. */
function after(id: string): string {
  const [first = "0", second = "0"] = id.split("-");
  return `${first}-${Number(second) + 1}`;
}

function pauseFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends messages by a stream of Redis. Those that come while one is on its way, or shortly after, travel together. */
export class StreamPort implements Port {
  readonly #redis: Redis;
  readonly #key: string;
  #listener: (batch: readonly Message[]) => void = () => undefined;
  #waiting: Message[] = [];
  #sending: Promise<void> | null = null;
  #last = 0;

  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  send(batch: readonly Message[]): void {
    this.#waiting.push(...batch);
    this.#sending ??= this.#sendAll();
  }

  receive(listener: (batch: readonly Message[]) => void): void {
    this.#listener = listener;
  }

  /** Takes what the other side sent. */
  deliver(text: string): void {
    this.#listener(JSON.parse(text) as Message[]);
  }

  /** Sends an entry without messages, so that the other side sees whether entries before it were lost. */
  beat(): void {
    if (this.#sending === null) this.#sending = this.#add("m", "[]").finally(() => this.#goOn());
  }

  /** Says that the link is over. Nothing can be sent afterwards. */
  async end(end: LinkEnd): Promise<void> {
    await this.flushed();
    await this.#add("end", JSON.stringify(end));
  }

  /** Resolves once everything was sent. */
  async flushed(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#add("m", JSON.stringify(batch));
      await pauseFor(APART_MS);
    }
    this.#sending = null;
  }

  #goOn(): void {
    this.#sending = null;
    if (this.#waiting.length > 0) this.#sending = this.#sendAll();
  }

  async #add(name: "m" | "end", text: string): Promise<void> {
    this.#last += 1;
    try {
      await this.#redis.xadd(this.#key, `${this.#last}-0`, name, text);
    } catch {
      // Redis has it already, if the connection broke before its answer. Else the other side misses this number.
    }
  }
}
