import type { BegunCopy } from "../../journal/in-flight.js";
import type { RemovalRecord } from "../../journal/observation.js";
import type { CheckpointRecord, IntentRecord, JournalRecord, UploadRecord } from "../../journal/record.js";
import { forgetUpTo, type Unfinished, unplacedDetail } from "../../journal/resume.js";
import type { RunningRange } from "../../list/side-by-side.js";
import { type KeyRange, placeIn } from "../../model/key-range.js";
import type { BucketSettings } from "../../object/context.js";
import type { RangeRecords } from "../../object/room.js";
import type { BegunChain } from "../../versions/chain.js";
import { doneOf, noteReplay, noteVersion, noVersions } from "../../versions/resume-versions.js";
import type { VersionRange } from "../../versions/version-watermark.js";
import type { RangeWork, Work } from "../process-range.js";
import { fromSent } from "./channel.js";
import type { OwnerCalls, SentRange, SentWork } from "./worker-calls.js";

/** What the worker of a range may have left behind when it ended. */
interface Left {
  /** Copies of more than one call. */
  readonly unfinished: readonly Unfinished[];
  /** Histories that were being re-created. */
  readonly chains: readonly BegunChain[];
  /** Versions that may have been removed. */
  readonly removals: readonly RemovalRecord[];
}

/** What the next worker of a range needs: what is done since the last checkpoint, and what is begun. */
interface Kept {
  readonly range: KeyRange;
  /** Whether the range is read to its end, and all of it has its records. */
  readonly isRead: boolean;
  narrow(through: string): void;
  wrote(record: JournalRecord): void;
  toSend(): SentWork;
  takeLeft(): Left;
}

/** A range that a worker processes. It keeps what another worker needs to go on if this one ends. */
export class RemoteRange implements RunningRange {
  readonly done: Promise<void>;
  readonly records: RangeRecords;
  lastKey: string | null;
  listed = 0;
  /** Narrows the range in the worker that has it now. */
  narrowThere: (through: string) => Promise<boolean> = async () => false;
  /** Lines that are on their way to the disk. */
  readonly writing = new Set<Promise<unknown>>();
  readonly #settings: BucketSettings | null;
  readonly #scope: Work["scope"];
  readonly #kept: Kept;
  /** Keys after the last checkpoint that a worker has done or begun, maybe one that ended before it told how far it was. */
  readonly #touched = new Set<string>();
  #resolve = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(
    work: Work,
    records: RangeRecords,
    known: { readonly settings: BucketSettings | null; readonly earlier: readonly BegunCopy[] },
  ) {
    this.#scope = work.scope;
    this.#kept = work.kind === "objects" ? new KeptObjects(work, known.earlier) : new KeptVersions(work.part);
    this.#settings = known.settings;
    this.records = records;
    this.lastKey = startOf(work);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get range(): KeyRange {
    return this.#kept.range;
  }

  get isRead(): boolean {
    return this.#kept.isRead;
  }

  async narrow(through: string): Promise<boolean> {
    // The range behind the cut would begin without them.
    const behind = { after: through, through: this.range.through };
    if ([...this.#touched].some((key) => placeIn(behind, key) === "inside")) return false;
    if (!(await this.narrowThere(through))) return false;
    this.#kept.narrow(through);
    this.listed = 0;
    return true;
  }

  end(error?: unknown): void {
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }

  began(copy: BegunCopy): void {
    this.#touched.add(copy.facts.key);
    if (this.#kept instanceof KeptObjects) this.#kept.began(copy);
  }

  /** Notes a line once it is on the disk. */
  wrote(record: JournalRecord): void {
    this.#kept.wrote(record);
    const isResult = record.kind === "outcome" || record.kind === "version";
    if (isResult && unplacedDetail(record) === null) this.#touched.add(record.key);
    if (record.kind === "checkpoint" || record.kind === "version-checkpoint") forgetUpTo(record, this.#touched);
  }

  /** The range as the next worker is to take it. */
  toSend(id: number): SentRange {
    return { id, scope: this.#scope, settings: this.#settings, ...this.#kept.toSend() };
  }

  takeLeft(): Left {
    return this.#kept.takeLeft();
  }
}

/** The key after which the range is read. */
function startOf(work: Work): string | null {
  if (work.kind === "objects") return work.progress.upTo ?? work.progress.range.after;
  return work.part.checkpoint?.upTo ?? work.part.range.after;
}

class KeptObjects implements Kept {
  isRead = false;
  readonly #doneKeys: Set<string>;
  readonly #unplaced: Set<string>;
  readonly #copies: Map<string, BegunCopy>;
  readonly #left = new Map<string, { intents: IntentRecord[]; uploads: UploadRecord[] }>();
  readonly #chains = new Map<string, BegunChain>();
  #progress: RangeWork["progress"];
  #unplacedHere: number;

  constructor({ progress, unplaced, unplacedHere }: RangeWork, earlier: readonly BegunCopy[]) {
    this.#progress = progress;
    this.#doneKeys = new Set(progress.doneKeys);
    this.#unplaced = new Set(unplaced);
    this.#unplacedHere = unplacedHere;
    this.#copies = new Map(earlier.map((copy) => [copy.facts.key, copy]));
  }

  get range(): KeyRange {
    return this.#progress.range;
  }

  narrow(through: string): void {
    this.#progress = { ...this.#progress, range: { ...this.range, through } };
  }

  began(copy: BegunCopy): void {
    this.#copies.set(copy.facts.key, copy);
  }

  wrote(record: JournalRecord): void {
    if (record.kind === "outcome") this.#finish(record.key, unplacedDetail(record));
    if (record.kind === "intent") this.#leftOf(record.key).intents.push(record);
    if (record.kind === "upload") this.#leftOf(record.key).uploads.push(record);
    if (record.kind === "checkpoint") this.#mark(record);
    noteReplay(this.#chains, record);
  }

  toSend(): SentWork {
    return {
      kind: "objects",
      progress: { ...this.#progress, doneKeys: [...this.#doneKeys] },
      unplaced: [...this.#unplaced],
      unplacedHere: this.#unplacedHere,
      earlier: [...this.#copies.values()],
    };
  }

  takeLeft(): Left {
    const left = { unfinished: [...this.#left.values()], chains: [...this.#chains.values()], removals: [] };
    this.#left.clear();
    this.#chains.clear();
    return left;
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

class KeptVersions implements Kept {
  readonly #found = noVersions();
  readonly #hasUnplaced: boolean;
  range: KeyRange;

  constructor({ range, checkpoint, done, hasUnplaced }: VersionRange) {
    this.range = range;
    this.#hasUnplaced = hasUnplaced;
    for (const [key, versionIds] of done) this.#found.done.set(key, new Set(versionIds));
    if (checkpoint !== null) this.#found.checkpoints.set(range.after, checkpoint);
  }

  get isRead(): boolean {
    return this.#checkpoint?.end === true;
  }

  narrow(through: string): void {
    this.range = { ...this.range, through };
  }

  wrote(record: JournalRecord): void {
    noteVersion(this.#found, record);
  }

  toSend(): SentWork {
    const { done, hasUnplaced } = doneOf(this.#found);
    const ids = [...done].map(([key, versionIds]) => [key, [...versionIds]] as const);
    const part = { range: this.range, checkpoint: this.#checkpoint, hasUnplaced: this.#hasUnplaced || hasUnplaced };
    return { kind: "versions", part: { ...part, done: ids } };
  }

  takeLeft(): Left {
    return { unfinished: [], chains: [], removals: [...this.#found.removals.values()] };
  }

  get #checkpoint(): VersionRange["checkpoint"] {
    return this.#found.checkpoints.get(this.range.after) ?? null;
  }
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
    ended: ({ range: id, error, isHandedBack = false }) => {
      const { isRead = true, records } = ranges.get(id) ?? {};
      const failure = error && fromSent(error);
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
