import type { Ordered } from "./merge-runs.js";

/** All items of one order. */
export interface Group<T> {
  readonly order: string;
  readonly items: readonly T[];
}

/** Sorted items, those of the same order together; it holds the items of one order. */
export async function* groupSorted<T>(sorted: AsyncGenerator<Ordered<T>>): AsyncGenerator<Group<T>> {
  let order: string | undefined;
  let items: T[] = [];
  for await (const next of sorted) {
    if (next.order !== order) {
      if (order !== undefined) yield { order, items };
      order = next.order;
      items = [];
    }
    items.push(next.item);
  }
  if (order !== undefined) yield { order, items };
}
