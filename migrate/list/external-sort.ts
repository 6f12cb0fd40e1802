import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import TinyQueue from "tinyqueue";
import { WriteError } from "../errors.js";
import { readLines } from "../journal/read-journal.js";

/** Limit for the text of the items in memory. On the heap they use a few times as much. */
const MAX_HELD_CHARACTERS = 16 * 1024 * 1024;
/** Number of runs that are merged into a longer one, which is also the number of open files. */
const MAX_RUNS_A_LEVEL = 64;
const CHARACTERS_A_WRITE = 64 * 1024;

interface SortOptions<T> {
  /** The sort key of an item, compared by code units. */
  readonly orderOf: (item: T) => string;
  readonly maxHeldCharacters?: number;
  readonly maxRunsALevel?: number;
}

/** Sorted items, on disk if they exceed the memory limit. */
export interface Sorted<T> {
  readonly count: number;
  /** Yields every item in order, from the beginning on each call. The sort is stable. */
  read(): AsyncGenerator<Ordered<T>>;
  /** Removes the files on disk. */
  close(): Promise<void>;
}

/**
 * Sorts JSON-serialisable items. Memory does not grow with their number: beyond a limit, items go to files in
 * the system's temporary folder.
 */
export async function externalSort<T>(source: AsyncIterable<T>, options: SortOptions<T>): Promise<Sorted<T>> {
  const { orderOf, maxHeldCharacters = MAX_HELD_CHARACTERS } = options;
  const runs = runFiles(options);
  let held: Buffered[] = [];
  let heldCharacters = 0;
  let count = 0;
  try {
    for await (const item of source) {
      const line = { order: orderOf(item), json: JSON.stringify(item) };
      held.push(line);
      heldCharacters += line.order.length + line.json.length;
      count += 1;
      if (heldCharacters < maxHeldCharacters) continue;
      await runs.add(held.sort(compareBuffered));
      held = [];
      heldCharacters = 0;
    }
  } catch (error) {
    await runs.close();
    throw error;
  }
  held.sort(compareBuffered);
  return { count, read: () => mergeRuns([...runs.readers(), itemsOf<T>(held)]), close: runs.close };
}

interface Buffered {
  readonly order: string;
  readonly json: string;
}

function compareBuffered(left: Buffered, right: Buffered): number {
  return left.order < right.order ? -1 : left.order > right.order ? 1 : 0;
}

async function* itemsOf<T>(held: readonly Buffered[]): AsyncGenerator<Ordered<T>> {
  for (const { order, json } of held) yield { order, item: JSON.parse(json) as T };
}

/**
 * Sorted runs by level. A full level is merged into one run of the next level, so that few files are open at
 * once.
 */
function runFiles<T>({ orderOf, maxRunsALevel = MAX_RUNS_A_LEVEL }: SortOptions<T>) {
  const levels: string[][] = [];
  let folder: string | undefined;
  let made = 0;
  const read = (path: string) => readRun(path, orderOf);
  const write = async (level: number, lines: AsyncIterable<string> | Iterable<string>) => {
    const place = tmpdir();
    folder ??= await mkdtemp(join(place, "bucketseal-sort-")).catch(unwritable(place));
    made += 1;
    const path = join(folder, `${made}.ndjson`);
    const file = createWriteStream(path, { mode: 0o600 });
    await pipeline(Readable.from(inBlocks(lines)), file).catch(unwritable(place));
    const runs = levels[level] ?? [];
    levels[level] = [...runs, path];
    if (levels[level].length < maxRunsALevel) return;
    const full = levels[level];
    levels[level] = [];
    await write(level + 1, linesOf(mergeRuns(full.map(read))));
    await Promise.all(full.map((done) => rm(done)));
  };
  return {
    add: (held: readonly Buffered[]) =>
      write(
        0,
        held.map(({ json }) => json),
      ),
    /** Oldest first: the runs of a higher level came before those of a lower one. */
    readers: () => levels.toReversed().flat().map(read),
    close: async () => {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

const TEMP_FOLDER_ERRORS: ReadonlySet<string> = new Set([
  "EACCES",
  "EDQUOT",
  "EIO",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);

/**
 * A user who named a run folder does not expect errors from the system's temporary folder, so this error
 * names it and a remedy.
 */
function unwritable(place: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const { code = "" } = error;
    if (!TEMP_FOLDER_ERRORS.has(code)) throw error;
    const wayOut =
      "sorting data that does not fit in memory needs a folder for temporary files: free some space there or set TMPDIR to another folder, and start again (with --resume if a run was in progress)";
    throw new WriteError(place, code, error, wayOut, true);
  };
}

async function* readRun<T>(path: string, orderOf: (item: T) => string): AsyncGenerator<Ordered<T>> {
  for await (const line of readLines(path)) {
    const item = JSON.parse(line) as T;
    yield { order: orderOf(item), item };
  }
}

async function* linesOf<T>(items: AsyncIterable<Ordered<T>>): AsyncGenerator<string> {
  for await (const { item } of items) yield JSON.stringify(item);
}

async function* inBlocks(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let block = "";
  for await (const line of lines) {
    block += `${line}\n`;
    if (block.length < CHARACTERS_A_WRITE) continue;
    yield block;
    block = "";
  }
  if (block !== "") yield block;
}

/** An item and its sort key. */
export interface Ordered<T> {
  readonly order: string;
  readonly item: T;
}

interface Head<T> {
  readonly next: Ordered<T>;
  readonly from: AsyncIterator<Ordered<T>>;
  /** Among equal sort keys, items keep the order of their runs. */
  readonly run: number;
}

/** Merges sorted runs into one. Keeps one item of each in memory. */
async function* mergeRuns<T>(runs: readonly AsyncIterable<Ordered<T>>[]): AsyncGenerator<Ordered<T>> {
  const heads = new TinyQueue<Head<T>>([], compareHeads);
  const iterators = runs.map((run) => run[Symbol.asyncIterator]());
  const pull = async (from: AsyncIterator<Ordered<T>>, run: number) => {
    const pulled = await from.next();
    if (!pulled.done) heads.push({ next: pulled.value, from, run });
  };
  try {
    for (const [run, from] of iterators.entries()) await pull(from, run);
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      yield head.next;
      await pull(head.from, head.run);
    }
  } finally {
    await Promise.all(iterators.map(async (iterator) => iterator.return?.()));
  }
}

function compareHeads<T>(left: Head<T>, right: Head<T>): number {
  if (left.next.order !== right.next.order) return left.next.order < right.next.order ? -1 : 1;
  return left.run - right.run;
}
