import type { CheckpointRecord } from "../journal/record.js";
import type { ScopeProgress } from "../journal/resume-state.js";
import { compareKeys } from "../list/key-order.js";
import type { Scope } from "./run-record.js";

interface Entry {
  readonly key: string;
  readonly inScope: boolean;
  settled: boolean;
}

export type Settle = () => void;

/**
 * Objects are listed in order and done in any: this keeps the key up to which all of them are done.
 * A listing out of order moves no mark, so that a resumed run lists again from the last one that held.
 */
export class Watermark {
  readonly #scope: Scope;
  #upTo: string | null;
  #listed: number;
  #filteredOut: number;
  #waiting: Entry[] = [];
  #lastListed: string | null;
  #ordered = true;

  constructor(scope: Scope, progress: ScopeProgress) {
    this.#scope = scope;
    this.#upTo = progress.upTo;
    this.#lastListed = progress.upTo;
    this.#listed = progress.listed;
    this.#filteredOut = progress.filteredOut;
  }

  /** Takes the next key of the listing; what it returns is called once the key is done. */
  list(key: string, inScope: boolean): Settle {
    if (this.#lastListed !== null && compareKeys(key, this.#lastListed) <= 0) this.#ordered = false;
    this.#lastListed = key;
    const entry: Entry = { key, inScope, settled: false };
    this.#waiting.push(entry);
    return () => {
      entry.settled = true;
    };
  }

  /** Counts objects that have their outcome but are listed no more. */
  addListed(objects: number): void {
    this.#listed += objects;
  }

  checkpoint(at: Date, end: boolean): CheckpointRecord {
    if (this.#ordered || end) this.#advance();
    return {
      kind: "checkpoint",
      ...this.#scope,
      upTo: this.#upTo,
      listed: this.#listed,
      filteredOut: this.#filteredOut,
      end,
      at: at.toISOString(),
    };
  }

  #advance(): void {
    const firstOpen = this.#waiting.findIndex(({ settled }) => !settled);
    const done = this.#waiting.splice(0, firstOpen === -1 ? this.#waiting.length : firstOpen);
    this.#upTo = done.at(-1)?.key ?? this.#upTo;
    const inScope = done.filter((entry) => entry.inScope).length;
    this.#listed += inScope;
    this.#filteredOut += done.length - inScope;
  }
}
