import { compareKeys, dependsOnOrder } from "../model/key-order.js";

interface Keyed {
  readonly key: string;
}

export interface Page<E extends Keyed> {
  readonly entries: readonly E[];
  /** What the listing shows after this page; `null` where it ends. */
  readonly next: (() => Promise<Page<E>>) | null;
}

/** How a listing is entered elsewhere than at its beginning. */
export interface Seek<E extends Keyed> {
  /** From a key not far before this one. */
  before(key: string): Promise<Page<E>>;
  /** From this very key; ends where keys no longer begin with it. */
  at(key: string): Promise<Page<E>>;
  readonly entriesOfAKey: "one" | "many";
}

interface Place<E extends Keyed> {
  readonly page: Page<E>;
  readonly index: number;
  /** Its page tells nothing of the keys to come. */
  readonly isOfKeyAlone: boolean;
}

/**
 * Finds the entries of each key of a row that is in order, by no more calls than the listing has pages, and no more than two a key: where the
 * next key is not on the page at hand, the listing is entered again right before it. A key that is not listed has no entries.
 * Where a key stands that has characters which stores order in two ways, only a listing of that key itself tells.
 */
export async function* seekNamed<E extends Keyed>(
  keys: AsyncIterable<string>,
  seek: Seek<E>,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly key: string; readonly entries: readonly E[] }> {
  let place: Place<E> | null = null;
  for await (const key of keys) {
    if (signal?.aborted) return;
    const found: Place<E> = await placeOf(key, place, seek);
    const { entries, after } = await take(key, found, seek);
    yield { key, entries };
    place = after.isOfKeyAlone ? null : after;
  }
}

async function placeOf<E extends Keyed>(key: string, place: Place<E> | null, seek: Seek<E>): Promise<Place<E>> {
  const here = place && forward(key, place);
  if (here !== null && isReached(here, key)) return here;
  const before = forward(key, { page: await seek.before(key), index: 0, isOfKeyAlone: false });
  return isReached(before, key) ? before : { page: await seek.at(key), index: 0, isOfKeyAlone: true };
}

/** The first entry that is not before the key. */
function forward<E extends Keyed>(key: string, { page, index, ...place }: Place<E>): Place<E> {
  const later = page.entries.slice(index).findIndex((entry) => compareKeys(entry.key, key) >= 0);
  return { ...place, page, index: later === -1 ? page.entries.length : index + later };
}

/** Whether the page shows the key, or that it is not there. */
function isReached<E extends Keyed>({ page, index }: Place<E>, key: string): boolean {
  if (dependsOnOrder(key)) return page.entries[index]?.key === key;
  return index < page.entries.length || page.next === null;
}

async function take<E extends Keyed>(
  key: string,
  found: Place<E>,
  { entriesOfAKey }: Seek<E>,
): Promise<{ readonly entries: readonly E[]; readonly after: Place<E> }> {
  const entries: E[] = [];
  let { page, index } = found;
  for (;;) {
    for (let entry = page.entries[index]; entry?.key === key; entry = page.entries[index]) {
      entries.push(entry);
      index += 1;
    }
    const mayGoOn = entriesOfAKey === "many" && index === page.entries.length && entries.length > 0;
    if (!mayGoOn || page.next === null) return { entries, after: { ...found, page, index } };
    page = await page.next();
    index = 0;
  }
}
