import type { BegunCopy } from "../../journal/in-flight.js";
import type {
  CheckpointRecord,
  IntentRecord,
  JournalRecord,
  OutcomeRecord,
  UploadRecord,
} from "../../journal/record.js";
import { forgetUpTo, type Unfinished, unplacedDetail } from "../../journal/resume.js";
import { Unordered } from "../../list/cut-range.js";
import type { RunningRange } from "../../list/side-by-side.js";
import type { KeyRange } from "../../model/key-range.js";
import type { BucketSettings } from "../../object/context.js";
import type { BegunChain } from "../../versions/chain.js";
import { noteReplay } from "../../versions/resume-versions.js";
import type { RangeRecords, RangeWork } from "../process-range.js";
import { fromSent } from "./channel.js";
import type { OwnerCalls, SentRange } from "./worker-calls.js";

/**
 * A range that a worker processes. It keeps what another worker needs to go on if this one ends: what is done
 * since the last checkpoint, and what is begun.
 */
export class RemoteRange implements RunningRange {
  readonly done: Promise<void>;
  readonly records: RangeRecords;
  lastKey: string | null;
  listed = 0;
  /** Whether the range is read to its end, and each of its objects has an outcome. */
  isRead = false;
  /** Narrows the range in the worker that has it now. */
  narrowThere: (through: string) => Promise<boolean> = async () => false;
  /** Lines that are on their way to the disk. */
  readonly writing = new Set<Promise<unknown>>();
  readonly #settings: BucketSettings | null;
  readonly #scope: RangeWork["scope"];
  readonly #doneKeys: Set<string>;
  readonly #unplaced: Set<string>;
  readonly #copies: Map<string, BegunCopy>;
  readonly #left = new Map<string, { intents: IntentRecord[]; uploads: UploadRecord[] }>();
  readonly #chains = new Map<string, BegunChain>();
  #progress: RangeWork["progress"];
  #unplacedHere: number;
  #resolve = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(
    { scope, progress, unplaced, unplacedHere }: RangeWork,
    records: RangeRecords,
    known: { readonly settings: BucketSettings | null; readonly earlier: readonly BegunCopy[] },
  ) {
    this.#scope = scope;
    this.#progress = progress;
    this.#doneKeys = new Set(progress.doneKeys);
    this.#unplaced = new Set(unplaced);
    this.#unplacedHere = unplacedHere;
    this.#settings = known.settings;
    this.#copies = new Map(known.earlier.map((copy) => [copy.facts.key, copy]));
    this.records = records;
    this.lastKey = progress.upTo ?? progress.range.after;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get range(): KeyRange {
    return this.#progress.range;
  }

  async narrow(through: string): Promise<boolean> {
    if (!(await this.narrowThere(through))) return false;
    this.#progress = { ...this.#progress, range: { ...this.#progress.range, through } };
    this.listed = 0;
    return true;
  }

  end(error?: unknown): void {
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }

  began(copy: BegunCopy): void {
    this.#copies.set(copy.facts.key, copy);
  }

  /** Notes a line once it is on the disk. */
  wrote(record: JournalRecord): void {
    if (record.kind === "outcome") this.#finish(record.key, unplacedDetail(record));
    if (record.kind === "intent") this.#leftOf(record.key).intents.push(record);
    if (record.kind === "upload") this.#leftOf(record.key).uploads.push(record);
    if (record.kind === "checkpoint") this.#mark(record);
    noteReplay(this.#chains, record);
  }

  /** The range as the next worker is to take it. */
  toSend(id: number): SentRange {
    return {
      id,
      scope: this.#scope,
      progress: { ...this.#progress, doneKeys: [...this.#doneKeys] },
      unplaced: [...this.#unplaced],
      unplacedHere: this.#unplacedHere,
      settings: this.#settings,
      earlier: [...this.#copies.values()],
    };
  }

  /** The work that a worker had begun in more than one call before it ended, and may have left behind. */
  takeLeft(): readonly Unfinished[] {
    const left = [...this.#left.values()];
    this.#left.clear();
    return left;
  }

  /** The histories that a worker was re-creating when it ended. */
  takeChains(): readonly BegunChain[] {
    const chains = [...this.#chains.values()];
    this.#chains.clear();
    return chains;
  }

  #mark(checkpoint: CheckpointRecord): void {
    const { upTo, listed, filteredOut, order = "utf-8" } = checkpoint;
    this.#progress = { ...this.#progress, upTo, listed, filteredOut, order };
    forgetUpTo(checkpoint, this.#doneKeys);
    this.isRead = checkpoint.end;
  }

  #finish(key: string, unplaced: string | null): void {
    this.#copies.delete(key);
    this.#left.delete(key);
    if (unplaced === null) {
      this.#doneKeys.add(key);
      return;
    }
    this.#unplaced.add(unplaced);
    this.#unplacedHere += 1;
  }

  #leftOf(key: string) {
    const left = this.#left.get(key) ?? { intents: [], uploads: [] };
    this.#left.set(key, left);
    return left;
  }
}

const OF_LISTING: ReadonlySet<string> = new Set(["unreadable-key", "unreadable-size", "unreadable-date"]);

/** Whether the listing alone decided the outcome, without a question to the store. */
export function isOfListing({ outcome }: OutcomeRecord): boolean {
  return outcome.kind === "failed" && OF_LISTING.has(outcome.reason);
}

type State = Parameters<OwnerCalls["state"]>[0];

export interface RangeTools {
  readonly write: (range: RemoteRange, record: JournalRecord) => Promise<void>;
  readonly begin: (range: RemoteRange, copy: BegunCopy) => Promise<void>;
  /** Called for each line, before it is written. */
  readonly onLine: (range: RemoteRange) => void;
  readonly onState: (state: State) => void;
  /** `error`: why the range did not come to its end. `isHandedBack`: another worker is to go on with it. */
  readonly onEnded: (id: number, end: { readonly error?: unknown; readonly isHandedBack: boolean }) => void;
}

/** The calls of one worker for the ranges that it holds, by their ids. For any other range its calls are refused. */
export function rangeCalls(
  ranges: ReadonlyMap<number, RemoteRange>,
  { write, begin, onLine, onState, onEnded }: RangeTools,
): Pick<OwnerCalls, "append" | "begin" | "state" | "ended"> {
  const rangeOf = (id: number) => {
    const range = ranges.get(id);
    if (range === undefined) throw new Error("the range is not this worker's any more");
    return range;
  };
  return {
    append: async ({ range: id, record }) => {
      const range = rangeOf(id);
      onLine(range);
      await during(range.writing, write(range, record));
    },
    begin: async ({ range: id, copy }) => {
      const range = rangeOf(id);
      await during(range.writing, begin(range, copy));
    },
    state: (state) => {
      for (const { id, lastKey, listed } of state.ranges) {
        const range = ranges.get(id);
        if (range !== undefined) Object.assign(range, { lastKey: lastKey ?? range.lastKey, listed });
      }
      onState(state);
    },
    ended: ({ range: id, error, isUnordered, isHandedBack = false }) => {
      const { isRead = true, records } = ranges.get(id) ?? {};
      const failure = isUnordered ? new Unordered() : error && fromSent(error);
      const unread = isRead || records?.stop.aborted ? undefined : new Error("its worker stopped before its end");
      onEnded(id, { isHandedBack, error: failure ?? unread });
    },
  };
}

async function during(writing: Set<Promise<unknown>>, work: Promise<void>): Promise<void> {
  writing.add(work);
  try {
    await work;
  } finally {
    writing.delete(work);
  }
}
