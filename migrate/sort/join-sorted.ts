import { groupSorted } from "./group-sorted.js";
import type { Ordered } from "./merge-runs.js";

/** What two sorted sources hold of one order; at least one of them holds something. */
export interface Joined<L, R> {
  readonly order: string;
  readonly left: readonly L[];
  readonly right: readonly R[];
}

/** Goes through two sorted sources side by side. It holds the items of one order. */
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
