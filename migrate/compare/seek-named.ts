import { compareKeys, dependsOnOrder } from "../model/key-order.js";

interface Keyed {
  readonly key: string;
}

export interface Page<E extends Keyed> {
  readonly entries: readonly E[];
  /** Fetches the next page of the listing; `null` at its end. */
  readonly next: (() => Promise<Page<E>>) | null;
}

/** Starts a listing at a given key. */
export interface Seek<E extends Keyed> {
  /** Starts at a key shortly before this one. */
  before(key: string): Promise<Page<E>>;
  /** Starts at exactly this key, and ends after the last key with this prefix. */
  at(key: string): Promise<Page<E>>;
  readonly entriesOfAKey: "one" | "many";
}

interface Place<E extends Keyed> {
  readonly page: Page<E>;
  readonly index: number;
  /** Its page reveals nothing about the following keys. */
  readonly isOfKeyAlone: boolean;
}

/**
 * Finds the entries of each key of a sorted sequence. A key that is not listed has no entries.
 *
 * It makes at most as many calls as the listing has pages, and at most two per key: if the next key is not on
 * the current page, the listing restarts right before it. The position of a key with characters that stores
 * order in two ways is only certain in a listing of that key itself.
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

/** Moves to the first entry that is not before the key. */
function forward<E extends Keyed>(key: string, { page, index, ...place }: Place<E>): Place<E> {
  const later = page.entries.slice(index).findIndex((entry) => compareKeys(entry.key, key) >= 0);
  return { ...place, page, index: later === -1 ? page.entries.length : index + later };
}

/** Whether the page contains the key, or proves that it does not exist. */
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
