import { setTimeout as sleep } from "node:timers/promises";
import { type MigrateOptions, migrate, RunError, type RunResult } from "../../migrate/index.js";
import { fractionOf } from "../../sandbox/chaos.js";
import type { SandboxOptions } from "../../sandbox/index.js";
import { createBucket, pathOf, type RawAnswer, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { newFolder, startWorld, type World } from "../buckets/start-world.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";

const BUCKET = "contested";

export interface Race {
  readonly sandbox: SandboxOptions;
  readonly migrate: Partial<MigrateOptions>;
  readonly writers: WritersOptions;
  /** Makes the bucket one with Object Lock, and so with versions. @default false */
  readonly locks?: boolean;
}

export interface Raced {
  readonly lost: LossCounts;
  /** Copies that a run calls migrated, over all runs. */
  readonly migrated: number;
  /** Objects that were looked at more than once, because somebody wrote to them meanwhile. */
  readonly lookedAtAgain: number;
  /** The guard of every copy: how it kept other writes from being undone. */
  readonly guards: ReadonlySet<string>;
  readonly runs: readonly RunResult[];
}

/** Migrates a bucket again and again for as long as writers write to it, and once more when they are done. */
export async function race({ sandbox, locks = false, ...race }: Race): Promise<Raced> {
  const world = await startWorld(sandbox);
  await createBucket(world.raw, BUCKET, locks ? { "x-amz-bucket-object-lock-enabled": "true" } : {});
  return raceIn(world, BUCKET, race);
}

/** The parts of the environment that a race needs. */
export type Course = Pick<World, "raw" | "optionsFor">;

/** In a bucket that is there and empty. */
export async function raceIn(
  world: Course,
  bucket: string,
  { migrate: given, writers: options }: Pick<Race, "migrate" | "writers">,
): Promise<Raced> {
  // The first run of a process loads its packages, which takes longer than the writers.
  await migrateOnce(world, bucket, given);
  const writers = new Writers(world.raw, bucket, options);
  let writing = true;
  const written = writers.run().finally(() => {
    writing = false;
  });
  const runs: RunResult[] = [];
  while (writing) runs.push(...(await migrateOnce(world, bucket, given)));
  await written;
  runs.push(...(await migrateOnce(world, bucket, given)));
  return { ...(await told(runs)), runs, lost: await writers.lost() };
}

/** A run whose first objects all kept changing ends by itself. */
async function migrateOnce(world: Course, bucket: string, given: Partial<MigrateOptions>): Promise<RunResult[]> {
  const options = await world.optionsFor(bucket, {
    copyCutoff: LONG_BODY_BYTES - 1,
    // Few at a time, so that a run lasts, and there is always a copy under way.
    concurrency: 8,
    canary: false,
    // A probe would take longer than the copies of a run.
    assume: "documented",
    ...given,
  });
  try {
    return [await migrate({ ...options, out: `${await newFolder()}/run` })];
  } catch (error) {
    if (error instanceof RunError) return [];
    throw error;
  }
}

async function told(runs: readonly RunResult[]): Promise<Pick<Raced, "migrated" | "lookedAtAgain" | "guards">> {
  const guards = new Set<string>();
  let [migrated, lookedAtAgain] = [0, 0];
  for (const { runDir } of runs) {
    for (const { outcome, attempts } of (await outcomesOf(runDir)).values()) {
      if (attempts > 1) lookedAtAgain += 1;
      if (outcome.kind !== "migrated") continue;
      migrated += 1;
      guards.add(outcome.guard);
    }
  }
  return { migrated, lookedAtAgain, guards };
}

interface WritersOptions {
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
class Writers {
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

  /** The current state of a key: if it is not the last write, the test reports it, and the key begins again. */
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

/** The last write of a key that the store acknowledged. */
type Expected = { readonly kind: "absent" } | ExpectedObject;

interface ExpectedObject {
  readonly kind: "object";
  /** Unlike that of any other write. */
  readonly body: string;
  /** Also unlike: the number of the write, in the user metadata. */
  readonly write: string;
  /** The value of the one tag, put by a call of its own; empty for none. */
  readonly tag: string;
  readonly hold: "ON" | "OFF";
}

const ABSENT: Expected = { kind: "absent" };

type WriteKind = "put" | "delete" | "retag" | "hold";

interface Target {
  readonly raw: RawS3;
  readonly bucket: string;
  readonly key: string;
}

type Write<Before extends Expected> = (target: Target, before: Before, nth: number) => Promise<Expected>;

/** Every third write has a longer body, so that the migration copies it in parts. */
const LONG_BODY_BYTES = 4096;

async function put({ raw, bucket, key }: Target, nth: number): Promise<Expected> {
  const body = `write ${nth} of ${key} `.padEnd(nth % 3 === 0 ? LONG_BODY_BYTES : 0, ".");
  const headers = { "x-amz-meta-write": String(nth) };
  await sendOk(raw, { method: "PUT", path: pathOf(bucket, key), headers, body: Buffer.from(body) });
  return { kind: "object", body, write: String(nth), tag: "", hold: "OFF" };
}

/** The effect of each kind of write on an object; each resolves once the store has acknowledged it. */
const WRITES: Readonly<Record<WriteKind, Write<ExpectedObject>>> = {
  put: (target, _, nth) => put(target, nth),
  delete: async ({ raw, bucket, key }) => {
    await sendOk(raw, { method: "DELETE", path: pathOf(bucket, key) });
    return ABSENT;
  },
  retag: async ({ raw, bucket, key }, before, nth) => {
    const xml = `<Tagging><TagSet><Tag><Key>write</Key><Value>${nth}</Value></Tag></TagSet></Tagging>`;
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key, "?tagging"), body: Buffer.from(xml) });
    return { ...before, tag: String(nth) };
  },
  hold: async ({ raw, bucket, key }, before) => {
    const hold = before.hold === "ON" ? "OFF" : "ON";
    const body = Buffer.from(`<LegalHold><Status>${hold}</Status></LegalHold>`);
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key, "?legal-hold"), body });
    return { ...before, hold };
  },
};

/** Resolves with what must be there from now on. A key without an object can only be put. */
function write(target: Target, kind: WriteKind, before: Expected, nth: number): Promise<Expected> {
  return before.kind === "absent" ? put(target, nth) : WRITES[kind](target, before, nth);
}

/**
 * An acknowledged write that is not there: of these a migration may undo none.
 * `overwritten`: the last body or metadata; `revived`: deleted last, and there; `untagged` and `unheld`: the last tags, or
 * the last legal hold, which leave the ETag as it is, so that no condition guards them.
 */
type Loss = "overwritten" | "revived" | "untagged" | "unheld";

/** Holds an object against what was acknowledged last. */
async function lossesOf(raw: RawS3, bucket: string, key: string, last: Expected): Promise<Loss[]> {
  const found = await raw.send({ path: pathOf(bucket, key) });
  if (last.kind === "absent") return found.status === 404 ? [] : ["revived"];
  if (!isWritten(found, last)) return ["overwritten"];
  const tag = await tagOf(raw, pathOf(bucket, key, "?tagging"), found);
  const hold = found.headers["x-amz-object-lock-legal-hold"] ?? "OFF";
  return [...(tag === last.tag ? [] : (["untagged"] as const)), ...(hold === last.hold ? [] : (["unheld"] as const))];
}

function isWritten({ status, headers, body }: RawAnswer, last: ExpectedObject): boolean {
  return status === 200 && body.toString() === last.body && headers["x-amz-meta-write"] === last.write;
}

async function tagOf(raw: RawS3, path: string, { headers }: RawAnswer): Promise<string> {
  if (headers["x-amz-tagging-count"] === undefined) return "";
  return /<Value>([^<]*)</.exec((await sendOk(raw, { path })).body.toString())?.[1] ?? "";
}
