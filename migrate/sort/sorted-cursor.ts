import type { Ordered } from "./merge-runs.js";

/** Goes once through sorted items, beside something else that comes in the same order. */
export interface SortedCursor<T> {
  /**
   * All items of this order; none where there are none, and none that lie before what was asked for last: asking out of order finds
   * less than there is, and never something else.
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
