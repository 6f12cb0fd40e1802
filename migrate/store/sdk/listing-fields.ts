import type { ListingFault } from "../answers.js";
import type { Operation } from "../operations.js";
import { stuckListing } from "../page-walk.js";
import { incompleteAnswer } from "./send-command.js";

/** A byte sequence of valid UTF-8 in a string of one character a byte; the group is a byte that belongs to none. */
const UTF8_OR_BYTE =
  /[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|([\x80-\xff])/g;

export interface ReadKey {
  /** Of a key that cannot be decoded, all that can be, and the other bytes as `%E9`. */
  readonly key: string;
  readonly fault?: ListingFault;
}

/** A key as a listing gives it: URL-encoded if the answer says so, where `+` is a space. */
export function readKey(raw: string, isEncoded: boolean): ReadKey {
  const key = isEncoded ? decodeKey(raw) : raw;
  return key === null || key === "" ? { key: decodablePart(raw), fault: { kind: "unreadable-key", raw } } : { key };
}

/** `null` if it is not URL-encoded UTF-8. */
export function decodeKey(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return null;
  }
}

function decodablePart(raw: string): string {
  const bytes = Buffer.from(raw.replaceAll("+", " "))
    .toString("latin1")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.replace(UTF8_OR_BYTE, (found, byte: string | undefined) =>
    byte === undefined ? Buffer.from(found, "latin1").toString() : `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A size that is missing, negative or no number is no size. */
export function readSize(raw: string): { readonly sizeBytes: number; readonly fault?: ListingFault } {
  const text = raw.trim();
  const sizeBytes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(sizeBytes) ? { sizeBytes } : { sizeBytes: 0, fault: { kind: "unreadable-size", raw } };
}

/** A date that is missing, or none, is no date. */
export function readDate(raw: string): { readonly lastModified: string; readonly fault?: ListingFault } {
  const time = Date.parse(raw);
  return Number.isNaN(time)
    ? { lastModified: "", fault: { kind: "unreadable-date", raw } }
    : { lastModified: new Date(time).toISOString() };
}

const CONTENTS = /<Contents>[\s\S]*?<\/Contents>/g;
const DATE = /<LastModified>([^<]*)<\/LastModified>/;

/**
 * The dates of a listing's entries as they stand, in their order, and the document without those that the SDK cannot read: it would
 * refuse the whole page for one of them.
 */
export function takeDates(document: string): { readonly dates: readonly string[]; readonly rest: string } {
  const dates: string[] = [];
  const rest = document.replace(CONTENTS, (entry) => {
    const raw = DATE.exec(entry)?.[1]?.trim() ?? "";
    dates.push(raw);
    return ISO_DATE.test(raw) && !Number.isNaN(Date.parse(raw)) ? entry : entry.replace(DATE, "");
  });
  return { dates, rest };
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** Where a page of a listing ended: at one version, or one upload, of a key. */
interface Marker {
  readonly key: string;
  readonly id: string | undefined;
}

/** As a page names it that is not the last. */
interface NamedMarker {
  readonly key: string | undefined;
  readonly id: string | undefined;
}

/**
 * The marker of the next page. No request can carry a key that is no UTF-8: the listing then goes on from the last entry before
 * it, and shows those after that entry once more.
 */
export function nextMarker(
  operation: Operation,
  marker: NamedMarker,
  isEncoded: boolean,
  entries: readonly (ReadKey & { readonly id: string })[],
): Marker {
  // A page that is not the last and names no next one would end the listing early, unseen.
  if (!marker.key) throw incompleteAnswer(operation, "next marker");
  const key = isEncoded ? decodeKey(marker.key) : marker.key;
  if (key !== null) return { key, id: marker.id };
  const last = entries.findLast(({ fault }) => fault?.kind !== "unreadable-key");
  if (last === undefined) throw stuckListing(operation, "none of the keys on a page can be decoded");
  return { key: last.key, id: last.id };
}
