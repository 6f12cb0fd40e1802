import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { WriteError } from "../errors.js";
import { mergeRuns, type Ordered, readRun } from "./sorted-runs.js";

/** Limit for the text of the items in memory. On the heap they use a few times as much. */
const MAX_HELD_CHARACTERS = 4 * 1024 * 1024;
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
  /** Yields every item in order, or those from a sort key on, on each call anew. The sort is stable. */
  read(from?: string): AsyncGenerator<Ordered<T>>;
  /** Files with all of the items, for other processes of this machine to read until it is closed. */
  files(): Promise<readonly string[]>;
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
  let files: Promise<readonly string[]> | undefined;
  return {
    count,
    read: (from = "") => mergeRuns([...runs.readers(from), itemsOf<T>(held, from)]),
    files: () => {
      files ??= runs.filesWith(held);
      return files;
    },
    close: async () => {
      await files?.catch(() => undefined);
      await runs.close();
    },
  };
}

/** The items that another process sorted, of its files. */
export function sortedInFiles<T>(files: readonly string[], orderOf: (item: T) => string): Pick<Sorted<T>, "read"> {
  return { read: (from = "") => mergeRuns(files.map((path) => readRun(path, orderOf, from))) };
}

interface Buffered {
  readonly order: string;
  readonly json: string;
}

function compareBuffered(left: Buffered, right: Buffered): number {
  return left.order < right.order ? -1 : left.order > right.order ? 1 : 0;
}

async function* itemsOf<T>(held: readonly Buffered[], from: string): AsyncGenerator<Ordered<T>> {
  let [first, end] = [0, held.length];
  while (first < end) {
    const middle = Math.floor((first + end) / 2);
    if ((held[middle]?.order ?? "") < from) first = middle + 1;
    else end = middle;
  }
  for (let index = first; index < held.length; index += 1) {
    const { order, json } = held[index] as Buffered;
    yield { order, item: JSON.parse(json) as T };
  }
}

/**
 * Sorted runs by level. A full level is merged into one run of the next level, so that few files are open at
 * once.
 */
function runFiles<T>({ orderOf, maxRunsALevel = MAX_RUNS_A_LEVEL }: SortOptions<T>) {
  const levels: string[][] = [];
  let folder: string | undefined;
  let made = 0;
  const read = (path: string, from: string) => readRun(path, orderOf, from);
  /** Oldest first: the runs of a higher level came before those of a lower one. */
  const paths = () => levels.toReversed().flat();
  const writeFile = async (lines: AsyncIterable<string> | Iterable<string>) => {
    const place = tmpdir();
    folder ??= await mkdtemp(join(place, "bucketseal-sort-")).catch(unwritable(place));
    made += 1;
    const path = join(folder, `${made}.ndjson`);
    const file = createWriteStream(path, { mode: 0o600 });
    await pipeline(Readable.from(inBlocks(lines)), file).catch(unwritable(place));
    return path;
  };
  const write = async (level: number, lines: AsyncIterable<string> | Iterable<string>) => {
    const path = await writeFile(lines);
    const runs = levels[level] ?? [];
    levels[level] = [...runs, path];
    if (levels[level].length < maxRunsALevel) return;
    const full = levels[level];
    levels[level] = [];
    await write(level + 1, linesOf(mergeRuns(full.map((path) => read(path, "")))));
    await Promise.all(full.map((done) => rm(done)));
  };
  const linesIn = (held: readonly Buffered[]) => held.map(({ json }) => json);
  return {
    add: (held: readonly Buffered[]) => write(0, linesIn(held)),
    readers: (from: string) => paths().map((path) => read(path, from)),
    /** The last of them has the items that are held in memory. */
    filesWith: async (held: readonly Buffered[]) => [...paths(), await writeFile(linesIn(held))],
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
