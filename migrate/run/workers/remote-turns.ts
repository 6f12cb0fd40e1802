import type { Settled } from "../../store/pace/adaptive-rate.js";
import type { RateChange, Turns, TurnsByAccess } from "../../store/rate-limited-store.js";
import type { RemovalTurns } from "../../versions/removal-guard.js";
import type { Channel } from "./channel.js";
import type { OwnerCalls } from "./worker-calls.js";

type Access = RateChange["access"];

const REPORT_EVERY_MS = 50;
/** More turns at once would let a worker that is slow keep them from the others. */
const MOST_AT_ONCE = 64;

interface RemoteTurns extends TurnsByAccess {
  /** Whether turns must be taken from now on. */
  setLimited(access: Access, isLimited: boolean): void;
  close(): void;
}

/** The turns of the owner of the run, taken in batches. Without a limit none are taken, and requests are only reported. */
export function remoteTurns(owner: Channel<OwnerCalls>, limited: Readonly<Record<Access, boolean>>): RemoteTurns {
  const turns = {
    read: new AccessTurns(owner, "read", limited.read),
    write: new AccessTurns(owner, "write", limited.write),
  };
  const reporting = setInterval(() => {
    turns.read.report();
    turns.write.report();
  }, REPORT_EVERY_MS);
  reporting.unref();
  return {
    ...turns,
    setLimited: (access, isLimited) => turns[access].setLimited(isLimited),
    close: () => clearInterval(reporting),
  };
}

const NO_OUTCOMES = { sentAt: Number.POSITIVE_INFINITY, answered: 0, refused: 0, broken: 0 };

class AccessTurns implements Turns {
  readonly #owner: Channel<OwnerCalls>;
  readonly #access: Access;
  #isLimited: boolean;
  #waiting: (() => void)[] = [];
  #isAsking = false;
  #outcomes = { ...NO_OUTCOMES };

  constructor(owner: Channel<OwnerCalls>, access: Access, isLimited: boolean) {
    this.#owner = owner;
    this.#access = access;
    this.#isLimited = isLimited;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  setLimited(isLimited: boolean): void {
    this.report();
    this.#isLimited = isLimited;
    if (!isLimited) this.#let(this.#waiting.length);
  }

  pass(signal?: AbortSignal): Promise<void> | undefined {
    if (!this.#isLimited || signal?.aborted) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      // Without an owner nobody may send, and the interruption ends what waits.
      this.#ask().catch(() => undefined);
    });
  }

  settled(sentAt: number, as: Settled): void {
    this.#outcomes.sentAt = Math.min(this.#outcomes.sentAt, sentAt);
    this.#outcomes[as] += 1;
  }

  /** Tells the owner what became of the requests since the last report. */
  report(): void {
    const { sentAt, ...counts } = this.#outcomes;
    if (sentAt === Number.POSITIVE_INFINITY) return;
    this.#outcomes = { ...NO_OUTCOMES };
    const at = performance.timeOrigin + sentAt;
    const isFree = !this.#isLimited;
    this.#owner.tell("settled", { access: this.#access, sentAt: at, ...counts, isFree });
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#waiting.length > 0) {
        const count = Math.min(this.#waiting.length, MOST_AT_ONCE);
        this.#let(await this.#owner.call("turns", { access: this.#access, count }));
      }
    } finally {
      this.#isAsking = false;
    }
  }

  #let(count: number): void {
    for (const pass of this.#waiting.splice(0, count)) pass();
  }
}

/** The turns of the owner of the run to remove versions. `stop`: the owner says that a removal did harm. */
export function remoteRemovals(owner: () => Channel<OwnerCalls>): RemovalTurns & { readonly stop: () => void } {
  const proven = new Set<string>();
  const state = { isStopped: false };
  const stop = () => Object.assign(state, { isStopped: true });
  return {
    get isStopped() {
      return state.isStopped;
    },
    isProven: (bucket) => proven.has(bucket),
    take: async (bucket, isBare) => {
      const turn = await owner().call("takeRemoval", { bucket, isBare });
      if (turn === "stopped") stop();
      else if (turn !== "proving" && !isBare) proven.add(bucket);
      return turn;
    },
    done: (bucket, effect) => {
      if (effect === "harmed") stop();
      owner().tell("removalDone", { bucket, effect });
    },
    stop,
  };
}
