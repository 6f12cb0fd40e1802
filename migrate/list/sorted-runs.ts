import { stat } from "node:fs/promises";
import TinyQueue from "tinyqueue";
import { readLineBytes, readLines } from "../journal/read-journal.js";

/** The lines of so many bytes are read one after the other. */
const NEAR_BYTES = 64 * 1024;
/** Dozens of runs may be open, for each of several readers. */
const CHUNK_BYTES = 16 * 1024;

/** An item and its sort key. */
export interface Ordered<T> {
  readonly order: string;
  readonly item: T;
}

/** The items of a sorted file from a sort key on. */
export async function* readRun<T>(
  path: string,
  orderOf: (item: T) => string,
  from: string,
): AsyncGenerator<Ordered<T>> {
  const itemOf = (line: string) => JSON.parse(line) as T;
  const lines = from === "" ? readLines(path, 0, CHUNK_BYTES) : linesFrom(path, (line) => orderOf(itemOf(line)) < from);
  for await (const line of lines) {
    const item = itemOf(line);
    const order = orderOf(item);
    if (order >= from) yield { order, item };
  }
}

/**
 * The lines of a file from one before the first that is not before the place that is sought, and near it. `isBefore`
 * holds for lines at the beginning of the file, and for none after the first for which it does not.
 */
async function* linesFrom(path: string, isBefore: (line: string) => boolean): AsyncGenerator<string> {
  // Every line that begins before `low` is before the place, and none that begins after `high`.
  let low = 0;
  let { size: high } = await stat(path);
  while (high - low > NEAR_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const line = await firstLineAfter(path, middle);
    if (line !== null && line.at < high && isBefore(line.text)) low = line.at;
    else high = middle;
  }
  yield* readLines(path, low, CHUNK_BYTES);
}

/** The first line that begins after this byte of a file; `null` if there is none. */
async function firstLineAfter(
  path: string,
  byte: number,
): Promise<{ readonly at: number; readonly text: string } | null> {
  let at: number | null = null;
  for await (const { bytes } of readLineBytes(path, Number.POSITIVE_INFINITY, byte)) {
    if (at !== null) return { at, text: bytes.toString("utf8") };
    // The rest of the line in which the byte lies.
    at = byte + bytes.length + 1;
  }
  return null;
}

interface Head<T> {
  readonly next: Ordered<T>;
  readonly from: AsyncIterator<Ordered<T>>;
  /** Among equal sort keys, items keep the order of their runs. */
  readonly run: number;
}

/** Merges sorted runs into one. Keeps one item of each in memory. */
export async function* mergeRuns<T>(runs: readonly AsyncIterable<Ordered<T>>[]): AsyncGenerator<Ordered<T>> {
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
