import { randomUUID } from "node:crypto";
import { RunError, TOOL_VERSION } from "../../errors.js";
import type { ConnectedEvent } from "../../journal/events.js";
import type { QueueAddress } from "../../options/queue-address.js";
import type { GivenOptions } from "../../options/run-options.js";
import { pause, systemClock } from "../../store/pace/token-bucket.js";
import type { Channel } from "../workers/channel.js";
import { serveOwner } from "../workers/worker.js";
import { OF_MACHINE, OF_OWNER, type Serving } from "../workers/worker-calls.js";
import type { QueueOwnerCalls } from "./queue-links.js";
import { type Engine, openEngine, type Ticket, type Work } from "./redis.js";
import { KEPT_S, keysOf, readSessions, type SessionInfo } from "./sessions.js";
import { type LinkEnd, StreamPort, StreamReader } from "./stream-port.js";

/** What a run never sends. Somebody else who writes to Redis must not name a file of this machine either. */
const NEVER_SENT = Object.fromEntries([...OF_OWNER, ...OF_MACHINE, "capabilities"].map((name) => [name, undefined]));
const LOOK_EVERY_MS = 1000;
/** The coordinator may be restarting, or Redis may have forgotten it. It says every second that it is alive. */
const MOST_MISSED_LOOKS = 3;
/** Greetings that Redis lost are sent again. */
const ANSWER_WITHIN_MS = 15_000;

export type WorkerEvent =
  | { readonly kind: "waiting" }
  | ConnectedEvent
  | { readonly kind: "joined"; readonly session: SessionInfo }
  | { readonly kind: "left"; readonly why: string };

export interface QueueWorkerOptions {
  readonly address: QueueAddress;
  /** By which the coordinator knows this worker. */
  readonly name: string;
  /** The options of this machine: identity, keys, network. `endpoint`: it works for the runs at this one alone. */
  readonly given: GivenOptions;
  /** Whether it ends with the first run that it took part in. */
  readonly once: boolean;
  /** Ends it: it finishes the objects in flight, and hands the rest of its range back. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: WorkerEvent) => void;
}

/**
 * Works for the runs of a queue, one after the other, until the signal fires.
 *
 * @throws RunError if a run refuses this worker, with the reason
 */
export async function serveQueue(options: QueueWorkerOptions): Promise<void> {
  const { address, given, once, signal, onEvent } = options;
  const engine = await openEngine(address);
  const pauseToLook = () => pause(LOOK_EVERY_MS, systemClock, signal);
  let isWaiting = false;
  try {
    while (!signal.aborted) {
      const sessions = (await readSessions(engine)).flatMap(({ info }) => info ?? []);
      const session = sessions.find(({ endpoint }) => endpoint === (given.endpoint ?? endpoint));
      if (session === undefined && !isWaiting) onEvent({ kind: "waiting" });
      isWaiting = session === undefined;
      if (session === undefined) await pauseToLook();
      else if ((await new Attendance(engine, session, options).run()) === "left") await pauseToLook();
      else if (once) return;
    }
  } finally {
    engine.close();
  }
}

/** One link of this worker to a session. */
class Attendance {
  readonly #engine: Engine;
  readonly #session: SessionInfo;
  readonly #options: QueueWorkerOptions;
  readonly #link: string;
  readonly #port: StreamPort;
  readonly #reader: StreamReader;
  readonly #serving: Serving;
  readonly #ended = new AbortController();
  #end: LinkEnd | "over" | "left" | null = null;
  #jobs: Work | null = null;
  #isAccepted = false;

  constructor(engine: Engine, session: SessionInfo, options: QueueWorkerOptions) {
    const keys = keysOf(engine);
    this.#engine = engine;
    this.#session = session;
    this.#options = options;
    this.#link = randomUUID();
    this.#port = new StreamPort(engine.redis, keys.up(session.id, this.#link));
    this.#reader = new StreamReader(engine.open(), engine.redis);
    this.#reader.add(keys.down(session.id, this.#link), {
      onEntry: (text, kind) => {
        if (kind === "end") this.#leave(JSON.parse(text) as LinkEnd);
        else this.#port.deliver(text);
      },
      onMissing: () => this.#leave({ kind: "broken", why: "Redis lost messages" }),
    });
    this.#serving = serveOwner(this.#port, {
      given: { ...NEVER_SENT, ...options.given },
      calls: { accepted: () => this.#accepted() },
      isLeaving: () => options.signal.aborted,
      // The store may take its calls again in a new link. Before it is accepted, the run refuses it with the reason.
      onLost: ({ message }) => this.#isAccepted && this.#leave({ kind: "broken", why: message }),
      onConnected: options.onEvent,
    });
  }

  /** Resolves once the link has ended: with "over" if the session has. */
  async run(): Promise<"over" | "left"> {
    const { signal, onEvent } = this.#options;
    void this.#reader.run();
    await this.#greet();
    const stop = () => void this.#handBack();
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    await this.#watch();
    signal.removeEventListener("abort", stop);
    await this.#close();
    const end = this.#end ?? "left";
    if (typeof end === "object" && end.kind === "refused") {
      throw new RunError(`the run does not take this worker: ${end.why}`);
    }
    if (this.#isAccepted) onEvent({ kind: "left", why: wordsOf(end) });
    return end === "over" ? "over" : "left";
  }

  async #greet(): Promise<void> {
    const { redis } = this.#engine;
    const keys = keysOf(this.#engine);
    const { id } = this.#session;
    const hello = { link: this.#link, name: this.#options.name, toolVersion: TOOL_VERSION };
    await redis.xadd(keys.hello(id), "*", "hello", JSON.stringify(hello));
    await redis.expire(keys.hello(id), KEPT_S);
  }

  #accepted(): void {
    const { onEvent } = this.#options;
    this.#isAccepted = true;
    this.#jobs = this.#engine.work(this.#session.id, (ticket) => this.#process(ticket));
    onEvent({ kind: "joined", session: this.#session });
  }

  async #process(ticket: Ticket): Promise<void> {
    const owner = this.#serving.owner as unknown as Channel<QueueOwnerCalls>;
    if (this.#end !== null || this.#options.signal.aborted) throw new Error("this worker is leaving");
    const range = await owner.call("claim", ticket);
    if (range !== null) await this.#serving.process(range);
  }

  /** Ends the ranges where they are. */
  async #handBack(): Promise<void> {
    this.#serving.stop();
    await this.#jobs?.close();
    // Notices of this turn of the event loop are sent after it.
    await new Promise(setImmediate);
    await this.#port.flushed();
    this.#leave("left");
  }

  #leave(end: LinkEnd | "over" | "left"): void {
    this.#end ??= end;
    this.#ended.abort();
  }

  /** Leaves once the session is not announced any more. */
  async #watch(): Promise<void> {
    const { id } = this.#session;
    const greetedAt = performance.now();
    let missed = 0;
    while (!this.#ended.signal.aborted) {
      await pause(LOOK_EVERY_MS, systemClock, this.#ended.signal);
      const found = (await readSessions(this.#engine)).find((one) => one.id === id);
      if (found === undefined) return this.#leave("over");
      missed = found.info === null ? missed + 1 : 0;
      if (missed >= MOST_MISSED_LOOKS) return this.#leave({ kind: "broken", why: "the coordinator is gone" });
      const isUnheard = !this.#isAccepted && performance.now() - greetedAt > ANSWER_WITHIN_MS;
      if (isUnheard) return this.#leave({ kind: "broken", why: "the coordinator does not answer" });
    }
  }

  async #close(): Promise<void> {
    const why = wordsOf(this.#end ?? "left");
    this.#reader.close();
    this.#serving.owner.close(new Error(`the link to the coordinator ended (${why})`));
    this.#serving.interrupt();
    await this.#jobs?.close();
    this.#serving.close();
    if (this.#end === "over") {
      await this.#engine.redis.unlink(keysOf(this.#engine).up(this.#session.id, this.#link));
      await this.#jobs?.forget();
    } else await this.#port.end({ kind: "broken", why });
  }
}

function wordsOf(end: LinkEnd | "over" | "left"): string {
  if (typeof end === "object") return end.why;
  return end === "over" ? "the run is over" : "it was stopped";
}
