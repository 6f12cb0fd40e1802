import TinyQueue from "tinyqueue";

/** An item, and the text by which it is sorted. */
export interface Ordered<T> {
  readonly order: string;
  readonly item: T;
}

interface Head<T> {
  readonly next: Ordered<T>;
  readonly from: AsyncIterator<Ordered<T>>;
  /** Items of the same order keep that of their runs. */
  readonly run: number;
}

/** Merges runs, each of them sorted, into one; it holds one item of each. */
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
