import { type RunError, TOOL_VERSION } from "../../errors.js";
import type { OnEvent } from "../../journal/events.js";
import { StoreError } from "../../store/store-error.js";
import { type Channel, openChannel, startError } from "../workers/channel.js";
import type { RemoteRange } from "../workers/remote-range.js";
import type { OwnerCalls, SentRange, WorkerCalls, WorkerFacts, WorkerStart } from "../workers/worker-calls.js";
import type { Engine, Ticket } from "./redis.js";
import { type Hello, keysOf } from "./sessions.js";
import { type LinkEnd, StreamPort, StreamReader } from "./stream-port.js";

/** A worker from which nothing was heard for so long, while Redis answered, is gone. */
const SILENT_MS = 20_000;
/** Redis was away if it did not answer for so long. */
const AWAY_MS = 3000;

/** The additional calls of a worker of a queue. */
export interface QueueOwnerCalls extends OwnerCalls {
  /** Takes the range of a ticket. `null` if it is another one's by now, or over. */
  claim(ticket: Ticket): Promise<SentRange | null>;
}

/** The additional calls of the owner to a worker of a queue. */
export interface QueueWorkerCalls extends WorkerCalls {
  /** The worker may take ranges. */
  accepted(given: null): void;
}

export interface LinkTools {
  readonly engine: Engine;
  readonly session: string;
  readonly start: () => WorkerStart;
  /** Throws if the worker does not agree with this process. */
  readonly check: (facts: WorkerFacts, sentAt: number) => void;
  /** The store's refusal of a worker, in words. */
  readonly words: (error: StoreError) => string;
  readonly callsOf: (link: string, ranges: Link["ranges"]) => QueueOwnerCalls;
  /** Called once a worker is gone. */
  readonly onLeft: (link: Link, why: string) => void;
  readonly onEvent: OnEvent;
}

/** A worker, and what it holds by lease. */
export interface Link {
  readonly id: string;
  readonly name: string;
  readonly port: StreamPort;
  readonly channel: Channel<QueueWorkerCalls>;
  readonly ranges: Map<number, RemoteRange>;
  isAccepted: boolean;
  heardAt: number;
  /** How far its clock is ahead. */
  aheadMs: number;
}

/** A range of the session, and the worker that has it. */
export class Entry {
  readonly id: number;
  readonly range: RemoteRange;
  /** The only ticket that counts. */
  nth = 0;
  holder: { readonly link: Link; readonly lease: number } | null = null;
  wasBegun = false;
  /** Workers in a row that lost it before they had brought an outcome. */
  losses = 0;
  /** Why this process could not write a line of it. */
  failure: unknown;
  /** Resolves once nothing that an earlier worker began is left. */
  recovered: Promise<void> = Promise.resolve();

  constructor(id: number, range: RemoteRange) {
    this.id = id;
    this.range = range;
  }
}

/** The workers of a session, from their greeting until they leave. */
export class QueueLinks {
  readonly #tools: LinkTools;
  readonly #reader: StreamReader;
  readonly #links = new Map<string, Link>();
  #answeredAt = performance.now();
  #isClosed = false;

  constructor(tools: LinkTools) {
    const { engine, session } = tools;
    this.#tools = tools;
    this.#reader = new StreamReader(engine.open(), engine.redis, () => this.#answered());
    this.#reader.add(keysOf(engine).hello(session), { onEntry: (text) => this.#meet(JSON.parse(text) as Hello) });
    void this.#reader.run();
  }

  all(): readonly Link[] {
    return [...this.#links.values()];
  }

  get(id: string): Link | undefined {
    return this.#links.get(id);
  }

  accepted(): readonly Link[] {
    return this.all().filter(({ isAccepted }) => isAccepted);
  }

  /** Lets every worker see whether it missed something. */
  beat(): void {
    for (const { port } of this.#links.values()) port.beat();
  }

  /** The worker holds nothing any more. The owner notifies it, in case it is still there. */
  drop(link: Link, why: string): void {
    if (!this.#forget(link)) return;
    link.channel.close(new Error(`the worker left (${why})`));
    void link.port.end({ kind: "broken", why });
    this.#report("left", link.name, why);
    this.#tools.onLeft(link, why);
  }

  close(): void {
    this.#isClosed = true;
    this.#reader.close();
    for (const { channel } of this.#links.values()) channel.close(new Error("the run is over"));
    this.#links.clear();
  }

  #meet({ link: id, name, toolVersion }: Hello): void {
    const { engine, session } = this.#tools;
    const keys = keysOf(engine);
    if (this.#links.has(id) || this.#isClosed) return;
    const port = new StreamPort(engine.redis, keys.down(session, id));
    if (toolVersion !== TOOL_VERSION) {
      const why = `it is of version ${toolVersion}, and the run of ${TOOL_VERSION}: install the same version on every machine`;
      this.#refuse(name, port, why);
      return;
    }
    const ranges: Link["ranges"] = new Map();
    const channel = openChannel<QueueWorkerCalls>(port, { ...this.#tools.callsOf(id, ranges) });
    const link: Link = { id, name, port, channel, ranges, isAccepted: false, heardAt: performance.now(), aheadMs: 0 };
    this.#links.set(id, link);
    this.#reader.add(keys.up(session, id), {
      onEntry: (text, kind) => {
        link.heardAt = performance.now();
        if (kind === "end") this.drop(link, (JSON.parse(text) as LinkEnd).why);
        else port.deliver(text);
      },
      onMissing: () => this.drop(link, "Redis lost messages"),
    });
    void this.#greet(link);
  }

  async #greet(link: Link): Promise<void> {
    const { start, check, words } = this.#tools;
    const { channel, name, port } = link;
    try {
      const sentAt = Date.now();
      const facts = await channel.call("start", start());
      check(facts, sentAt);
      link.aheadMs = facts.at - Date.now();
      link.isAccepted = true;
      channel.tell("accepted", null);
      this.#report("joined", name, null);
    } catch (error) {
      if (!this.#forget(link)) return;
      this.#refuse(name, port, error instanceof StoreError ? words(error) : (startError(error) as RunError).message);
    }
  }

  #refuse(name: string, port: StreamPort, why: string): void {
    void port.end({ kind: "refused", why });
    this.#report("refused", name, why);
  }

  #forget(link: Link): boolean {
    this.#reader.remove(keysOf(this.#tools.engine).up(this.#tools.session, link.id));
    return this.#links.delete(link.id);
  }

  #report(change: "joined" | "left" | "refused", name: string, why: string | null): void {
    if (!this.#isClosed) this.#tools.onEvent({ kind: "worker", name, change, why, workers: this.accepted().length });
  }

  /** Redis answered. Workers that said nothing all the while are gone. */
  #answered(): void {
    const now = performance.now();
    const wasAway = now - this.#answeredAt > AWAY_MS;
    this.#answeredAt = now;
    for (const link of this.all()) {
      if (wasAway) link.heardAt = now;
      else if (now - link.heardAt > SILENT_MS) this.drop(link, `nothing was heard from it for ${SILENT_MS / 1000} s`);
    }
  }
}
