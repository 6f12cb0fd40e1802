import type { Ordered } from "./sorted-runs.js";

/** Reads sorted items once, in step with another source in the same order. */
export interface SortedCursor<T> {
  /**
   * Returns all items with this sort key; empty if there are none, or if it is less than that of an earlier
   * call. Calls out of order miss items but never return wrong ones.
   */
  at(order: string): Promise<readonly T[]>;
  close(): Promise<void>;
}

export function sortedCursor<T>(sorted: AsyncGenerator<Ordered<T>>): SortedCursor<T> {
  let ahead: Ordered<T> | null | undefined;
  let lastOrder: string | undefined;
  let found: T[] = [];
  const pull = async () => {
    const pulled = await sorted.next();
    ahead = pulled.done ? null : pulled.value;
  };
  return {
    async at(order) {
      if (order === lastOrder) return found;
      if (lastOrder !== undefined && order < lastOrder) return [];
      if (ahead === undefined) await pull();
      while (ahead && ahead.order < order) await pull();
      lastOrder = order;
      found = [];
      while (ahead && ahead.order === order) {
        found.push(ahead.item);
        await pull();
      }
      return found;
    },
    close: async () => void (await sorted.return(undefined)),
  };
}

/** The items of two sorted sources that share a sort key. At least one side has items. */
interface Joined<L, R> {
  readonly order: string;
  readonly left: readonly L[];
  readonly right: readonly R[];
}

/** Joins two sorted sources. Keeps the items of one sort key in memory. */
export async function* joinSorted<L, R>(
  left: AsyncGenerator<Ordered<L>>,
  right: AsyncGenerator<Ordered<R>>,
): AsyncGenerator<Joined<L, R>> {
  const lefts = groupSorted(left);
  const rights = groupSorted(right);
  try {
    let [l, r] = [await next(lefts), await next(rights)];
    while (l !== null || r !== null) {
      const order = leastOf(l, r);
      const [hasLeft, hasRight] = [l?.order === order, r?.order === order];
      yield { order, left: (hasLeft && l?.items) || [], right: (hasRight && r?.items) || [] };
      if (hasLeft) l = await next(lefts);
      if (hasRight) r = await next(rights);
    }
  } finally {
    await lefts.return(undefined);
    await rights.return(undefined);
  }
}

async function next<T>(source: AsyncGenerator<T>): Promise<T | null> {
  const pulled = await source.next();
  return pulled.done ? null : pulled.value;
}

function leastOf(left: { order: string } | null, right: { order: string } | null): string {
  const orders = [left, right].flatMap((group) => (group === null ? [] : [group.order]));
  return orders.length === 2 && (orders[1] ?? "") < (orders[0] ?? "") ? (orders[1] ?? "") : (orders[0] ?? "");
}

/** All items with one sort key. */
export interface Group<T> {
  readonly order: string;
  readonly items: readonly T[];
}

/** Groups sorted items by sort key. Keeps the items of one sort key in memory. */
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
