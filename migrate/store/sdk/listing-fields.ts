import type { ListingFault } from "../answers.js";
import type { Operation } from "../operations.js";
import { stuckListing } from "../page-walk.js";
import { incompleteAnswer } from "./send-command.js";

/**
 * A valid UTF-8 sequence in a string of one character per byte. The group captures a byte that belongs to no
 * valid sequence.
 */
const UTF8_OR_BYTE =
  /[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|([\x80-\xff])/g;

export interface ReadKey {
  /** If a key cannot be decoded: its decodable part, with the other bytes as `%E9`. */
  readonly key: string;
  readonly fault?: ListingFault;
}

/** A key as received in a listing: URL-encoded if the answer says so, with `+` for a space. */
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

/** A size that is missing, negative or not a number is a fault. */
export function readSize(raw: string): { readonly sizeBytes: number; readonly fault?: ListingFault } {
  const text = raw.trim();
  const sizeBytes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(sizeBytes) ? { sizeBytes } : { sizeBytes: 0, fault: { kind: "unreadable-size", raw } };
}

/** A date that is missing or invalid is a fault. */
export function readDate(raw: string): { readonly lastModified: string; readonly fault?: ListingFault } {
  const time = Date.parse(raw);
  return Number.isNaN(time)
    ? { lastModified: "", fault: { kind: "unreadable-date", raw } }
    : { lastModified: new Date(time).toISOString() };
}

const CONTENTS = /<Contents>[\s\S]*?<\/Contents>/g;
const DATE = /<LastModified>([^<]*)<\/LastModified>/;

/**
 * Extracts the dates of a listing's entries, unparsed and in order. `rest` is the document without the dates
 * that the SDK cannot parse, because one of those would make it reject the whole page.
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

/** The end of a page: one version, or one upload, of a key. */
interface Marker {
  readonly key: string;
  readonly id: string | undefined;
}

/** The marker as a truncated page names it. */
interface NamedMarker {
  readonly key: string | undefined;
  readonly id: string | undefined;
}

/**
 * The marker of the next page. No request can carry a key that is not UTF-8. The listing then continues from
 * the last entry before such a key, and lists the entries after that one again.
 */
export function nextMarker(
  operation: Operation,
  marker: NamedMarker,
  isEncoded: boolean,
  entries: readonly (ReadKey & { readonly id: string })[],
): Marker {
  // A truncated page without a next marker would silently end the listing early.
  if (!marker.key) throw incompleteAnswer(operation, "next marker");
  const key = isEncoded ? decodeKey(marker.key) : marker.key;
  if (key !== null) return { key, id: marker.id };
  const last = entries.findLast(({ fault }) => fault?.kind !== "unreadable-key");
  if (last === undefined) throw stuckListing(operation, "none of the keys on a page can be decoded");
  return { key: last.key, id: last.id };
}
