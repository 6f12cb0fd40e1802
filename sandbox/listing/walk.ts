import type { Listing } from "./earlier-versions.js";
import { commonPrefix, type ListRequest } from "./page.js";

export type Listed<T> =
  | { readonly kind: "entry"; readonly key: string; readonly entry: T }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface Walk<T> {
  readonly items: readonly Listed<T>[];
  readonly isTruncated: boolean;
}

export interface Walked<T> {
  /** The first key that may be listed; keys below it are not looked at. */
  readonly start: string;
  /** A prefix that an earlier page has shown; what lies below it is passed over. */
  readonly shownPrefix: string | undefined;
  readonly entriesOf: (key: string) => readonly T[];
}

/** One page of a bucket in S3's order: entries, and common prefixes in place of what lies below them. */
export function walkPage<T>(
  listing: Pick<Listing, "keys" | "compare">,
  request: ListRequest,
  { start, shownPrefix, entriesOf }: Walked<T>,
): Walk<T> {
  const items: Listed<T>[] = [];
  const from = listing.compare(start, request.prefix) > 0 ? start : request.prefix;
  const { keys, at } = listing.keys.from(from);
  let lastPrefix = shownPrefix;
  for (let index = at; index < keys.length; index++) {
    const key = keys[index] as string;
    if (!key.startsWith(request.prefix)) {
      break;
    }
    if (lastPrefix !== undefined && key.startsWith(lastPrefix)) {
      continue;
    }
    const found = listKey(key, request, entriesOf);
    for (const item of found) {
      if (items.length === request.maxKeys) {
        return { items, isTruncated: request.maxKeys > 0 };
      }
      items.push(item);
    }
    const [first] = found;
    lastPrefix = first?.kind === "prefix" ? first.prefix : undefined;
  }
  return { items, isTruncated: false };
}

function listKey<T>(key: string, request: ListRequest, entriesOf: (key: string) => readonly T[]): readonly Listed<T>[] {
  const entries = entriesOf(key);
  const prefix = entries.length === 0 ? undefined : commonPrefix(key, request);
  return prefix === undefined ? entries.map((entry) => ({ kind: "entry", key, entry })) : [{ kind: "prefix", prefix }];
}

/** The smallest key above this one. */
export function after(key: string): string {
  return `${key}\u0000`;
}
