import { randomUUID } from "node:crypto";
import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Listing } from "./earlier-versions.js";

/** The parameters that all listings of a bucket share. */
export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly urlEncoded: boolean;
  /** The encoding that the answer declares. */
  readonly encodingType: "url" | undefined;
  readonly encodedSpace: Behaviour["encodedSpace"];
}

export function readListRequest(call: Call, context: Context, maxParameter = "max-keys"): ListRequest {
  const { encodingType, pageEntries } = context.behaviour;
  const asked = call.query.get(maxParameter);
  const maxKeys = asked === undefined || asked === "" ? pageEntries : Number(asked);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error("InvalidArgument", {
      message: `Argument ${maxParameter} must be an integer between 0 and 2147483647`,
    });
  }
  const encoding = call.query.get("encoding-type");
  if (encoding !== undefined && encoding !== "url") {
    throw new S3Error("InvalidArgument", { message: "Invalid Encoding Method specified in Request" });
  }
  return {
    prefix: call.query.get("prefix") ?? "",
    delimiter: call.query.get("delimiter") ?? "",
    maxKeys: Math.min(maxKeys, pageEntries),
    urlEncoded: encoding === "url" && encodingType === "supported",
    encodingType: encodingType === "ignored" ? undefined : encoding,
    encodedSpace: context.behaviour.encodedSpace,
  };
}

/** A key in a listing: percent-encoded if the request asked for it. */
export function encodeKey(key: string, { urlEncoded, encodedSpace }: ListRequest): string {
  if (!urlEncoded) {
    return key;
  }
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", encodedSpace === "plus" ? "+" : "%20")
    .replace(/[!'()~]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The part of a key up to the delimiter, if the listing groups it. */
export function commonPrefix(key: string, { prefix, delimiter }: ListRequest): string | undefined {
  if (delimiter === "") {
    return undefined;
  }
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** A size as listings write it. */
export function listedSize(sizeBytes: number, { behaviour }: Context): number | string | undefined {
  switch (behaviour.listedSizes) {
    case "true":
      return sizeBytes;
    case "too-large":
      return sizeBytes + 1;
    case "negative":
      return -1 - sizeBytes;
    case "not-a-number":
      return "NaN";
    case "missing":
      return undefined;
  }
}

/** Sorts before every key, upload and bucket name. */
const BEFORE_ALL = " ";

/**
 * The marker of the page after one with this many entries, for which `next` is the correct one; `undefined`
 * after the last.
 */
export function nextPage(next: string | undefined, entries: number, { behaviour }: Context): string | undefined {
  if (entries === 0) {
    return next;
  }
  switch (behaviour.nextPages) {
    case "advance":
      return next;
    case "repeat":
      return BEFORE_ALL;
    case "renew":
      return `${BEFORE_ALL}${randomUUID()}`;
    case "cycle":
      return next ?? BEFORE_ALL;
  }
}

/** The date of an object as listings write it. */
export function listedDate(key: string, milliseconds: number, { behaviour }: Context): string | undefined {
  if (!key.includes("odd-date")) {
    return listedTime(milliseconds);
  }
  switch (behaviour.listedDates) {
    case "true":
      return listedTime(milliseconds);
    case "not-a-date":
      return "yesterday";
    case "other-format":
      return new Date(milliseconds).toUTCString();
    case "missing":
      return undefined;
  }
}

/** A timestamp as listings write it, to the second. */
export function listedTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.000Z`;
}

export type Listed<T> =
  | { readonly kind: "entry"; readonly key: string; readonly entry: T }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface Walk<T> {
  readonly items: readonly Listed<T>[];
  readonly isTruncated: boolean;
}

interface Walked<T> {
  /** The first key that may be listed. Keys before it are skipped. */
  readonly start: string;
  /** A prefix that an earlier page contained. Keys below it are skipped. */
  readonly shownPrefix: string | undefined;
  readonly entriesOf: (key: string) => readonly T[];
}

/** One page of a bucket in S3's order: entries, and common prefixes in place of the keys below them. */
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

/** The smallest key after this one. */
export function after(key: string): string {
  return `${key}\u0000`;
}
