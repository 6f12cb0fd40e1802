import { setTimeout as sleep } from "node:timers/promises";
import { fractionOf } from "../../sandbox/chaos.js";
import type { RawS3 } from "../buckets/raw-s3.js";
import { ABSENT, type Expected } from "./expected-object.js";
import { type Loss, lossesOf } from "./losses-of.js";
import { type WriteKind, write } from "./write.js";

export interface WritersOptions {
  readonly seed: number;
  /** All writers together. */
  readonly operations: number;
  /** Ends the writing before that, once enough was lost. @default never */
  readonly enough?: (lost: LossCounts) => boolean;
  /** How often each kind comes among ten writes. */
  readonly mix: Readonly<Partial<Record<WriteKind, number>>>;
  /** The longest pause before a writer looks at what it wrote last. Milliseconds. */
  readonly pauseMs: number;
}

const WRITERS = 8;
const KEYS_A_WRITER = 6;

export type LossCounts = Readonly<Record<Loss, number>>;

/** Some writers at once, each with keys of its own, which it looks at before it writes to them again. */
export class Writers {
  readonly #raw: RawS3;
  readonly #bucket: string;
  readonly #options: WritersOptions;
  readonly #expected = new Map<string, Expected>();
  readonly #lost: Record<Loss, number> = { overwritten: 0, revived: 0, untagged: 0, unheld: 0 };

  constructor(raw: RawS3, bucket: string, options: WritersOptions) {
    this.#raw = raw;
    this.#bucket = bucket;
    this.#options = options;
  }

  /** Resolves when all have written. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: WRITERS }, (_, index) => this.#write(index)));
  }

  /** Looks at each key a last time. Resolves with how many writes were lost since the writers began. */
  async lost(): Promise<LossCounts> {
    for (const key of this.#expected.keys()) await this.#look(key);
    return this.#lost;
  }

  async #write(writer: number): Promise<void> {
    const { operations, mix, pauseMs, seed, enough } = this.#options;
    for (let turn = 0; turn < operations / WRITERS; turn += 1) {
      if (enough?.(this.#lost)) return;
      const nth = turn * WRITERS + writer;
      const key = `contested/${writer}-${Math.floor(fractionOf(seed, "key", nth) * KEYS_A_WRITER)}`;
      await sleep(fractionOf(seed, "pause", nth) * pauseMs);
      const before = await this.#look(key);
      const target = { raw: this.#raw, bucket: this.#bucket, key };
      const after = await write(target, kindAt(fractionOf(seed, "kind", nth), mix), before, nth);
      this.#expected.set(key, after);
    }
  }

  /** What is there of a key: where that is not what was written last, it is told, and the key begins anew. */
  async #look(key: string): Promise<Expected> {
    const last = this.#expected.get(key) ?? ABSENT;
    const losses = await lossesOf(this.#raw, this.#bucket, key, last);
    for (const loss of losses) this.#lost[loss] += 1;
    return losses.length === 0 ? last : ABSENT;
  }
}

function kindAt(fraction: number, mix: WritersOptions["mix"]): WriteKind {
  const kinds = Object.entries(mix).flatMap(([kind, often]) => Array<WriteKind>(often).fill(kind as WriteKind));
  return kinds[Math.floor(fraction * kinds.length)] ?? "put";
}
