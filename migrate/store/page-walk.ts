import { createHash } from "node:crypto";
import type { Operation } from "./operations.js";
import { unlessAborted } from "./refusing-store.js";
import { StoreError } from "./store-error.js";

/** The most consecutive pages without entries: stores send such pages if many objects were deleted. */
const MAX_EMPTY_PAGES = 1000;

export interface ListedPage<E, T> {
  readonly entries: E[];
  /** The argument that fetches the next page; `null` after the last. */
  readonly next: T | null;
}

interface GuardOptions<E> {
  readonly operation: Operation;
  /** Identifies entries: no listing contains one of them twice. */
  readonly nameOf: (entry: E) => string;
  /** Called for each entry that was on an earlier page. */
  readonly onRepeated?: ((entry: E) => void) | undefined;
}

interface PageWalk<E, T> extends GuardOptions<E> {
  /** `null` fetches the first page. */
  readonly fetch: (next: T | null) => Promise<ListedPage<E, T>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields all pages of a listing, without entries that were on an earlier page. It prefetches one page.
 * Rejects with a `listing-stuck` error if the listing does not advance, and with an `interrupted` error once
 * the signal fires.
 */
export async function* walkPages<E, T>(walk: PageWalk<E, T>): AsyncGenerator<E[]> {
  const { operation, signal } = walk;
  const guard = createPageGuard<E>(walk);
  const fetchPage = (next: T | null) => unlessAborted(operation, () => walk.fetch(next), signal);
  let page = await fetchPage(null);
  for (;;) {
    const { fresh, stuck } = guard(page);
    const isLast = page.next === null || stuck !== null;
    const ahead = isLast ? null : fetchPage(page.next);
    // Its failure is reported when its page is due.
    ahead?.catch(() => undefined);
    yield fresh;
    if (stuck !== null) throw stuck;
    if (ahead === null) return;
    page = await ahead;
  }
}

interface Guarded<E> {
  /** The entries that were on no earlier page. */
  readonly fresh: E[];
  /** The reason not to request another page. */
  readonly stuck: StoreError | null;
}

/**
 * Checks the pages of one listing in turn. It keeps a digest of each page's first entry and token: if a
 * listing repeats itself, one of them recurs within a page, whatever tokens the store sends.
 */
export function createPageGuard<E>({ operation, nameOf, onRepeated }: GuardOptions<E>) {
  const tokens = new Set<string>();
  const firstEntries = createNames();
  /** Of the last page with entries. */
  let recent: readonly string[] = [];
  let isAscending = true;
  let emptyPages = 0;
  const freshOf = (entries: readonly E[], names: readonly string[]): E[] | null => {
    const met = new Set(recent);
    const fresh: E[] = [];
    for (const [nth, entry] of entries.entries()) {
      const name = names[nth] as string;
      if (met.has(name)) onRepeated?.(entry);
      else if (firstEntries.has(name)) return null;
      else fresh.push(entry);
      met.add(name);
    }
    return fresh;
  };
  return ({ entries, next }: ListedPage<E, unknown>): Guarded<E> => {
    const names = entries.map(nameOf);
    // Nothing can recur in such a listing.
    isAscending &&= areAscending(names, recent.at(-1));
    const fresh = isAscending ? entries : freshOf(entries, names);
    if (fresh === null) {
      return { fresh: [], stuck: stuckListing(operation, "it returned to entries that it had shown before") };
    }
    const [first] = fresh;
    if (first !== undefined) firstEntries.add(nameOf(first));
    if (entries.length > 0) recent = names;
    emptyPages = entries.length > 0 ? 0 : emptyPages + 1;
    const why =
      next === null ? null : whyStuck({ token: digestOf(JSON.stringify(next)), tokens, entries, fresh, emptyPages });
    return { fresh, stuck: why === null ? null : stuckListing(operation, why) };
  };
}

/** Whether each name is greater than the one before it. */
function areAscending(names: readonly string[], last = ""): boolean {
  let before = last;
  for (const name of names) {
    if (name <= before) return false;
    before = name;
  }
  return true;
}

interface Position<E> {
  readonly token: string;
  readonly tokens: Set<string>;
  readonly entries: readonly E[];
  readonly fresh: readonly E[];
  readonly emptyPages: number;
}

function whyStuck<E>({ token, tokens, entries, fresh, emptyPages }: Position<E>): string | null {
  if (tokens.has(token)) return "it sent the token of its next page before";
  tokens.add(token);
  if (entries.length > 0 && fresh.length === 0) return "a page repeats the page before it";
  return emptyPages >= MAX_EMPTY_PAGES ? `${MAX_EMPTY_PAGES} pages in a row are empty` : null;
}

/** A set of names, kept as digests. Its small hashes rule out nearly all other names at little cost. */
function createNames() {
  const hashes = new Set<number>();
  const digests = new Set<string>();
  return {
    has: (name: string) => hashes.has(hashOf(name)) && digests.has(digestOf(name)),
    add: (name: string) => {
      hashes.add(hashOf(name));
      digests.add(digestOf(name));
    },
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** Stores a digest because a substring of an answer would keep the whole answer in memory. */
function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64").slice(0, 24);
}

/** The error of a listing that must not, or cannot, continue. */
export function stuckListing(operation: Operation, message: string): StoreError {
  return new StoreError({
    kind: "listing-stuck",
    operation,
    status: 200,
    code: "ListingDoesNotAdvance",
    message,
    requestId: null,
  });
}
