import type { _Object } from "@aws-sdk/client-s3";
import { decodeKey, type ListedObject, type ReadKey, readDate, readKey, readSize } from "../answers.js";
import type { Operation } from "../operations.js";
import { stuckListing } from "../page-walk.js";
import { bareEtag } from "../wire.js";
import { incompleteAnswer } from "./send-command.js";

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

/** The fields of an entry, as text; `storageClass` is absent if the store names none. */
export interface EntryFields {
  readonly key: string;
  readonly size: string;
  readonly etag: string;
  readonly lastModified: string;
  readonly storageClass: string | undefined;
}

/** `lastModified` is apart because the SDK does not keep the text of a date. */
export function fieldsOf({ Key = "", Size, ETag = "", StorageClass }: _Object, lastModified = ""): EntryFields {
  return { key: Key, size: String(Size ?? ""), etag: ETag, lastModified, storageClass: StorageClass };
}

export function toListedObject(entry: EntryFields, keysEncoded: boolean): ListedObject {
  const { lastModified, fault: faultOfDate } = readDate(entry.lastModified);
  const { sizeBytes, fault: faultOfSize } = readSize(entry.size);
  const { key, fault: faultOfKey } = readKey(entry.key, keysEncoded);
  const fault = faultOfKey ?? faultOfSize ?? faultOfDate;
  const { storageClass = "STANDARD" } = entry;
  const listed = { key, sizeBytes, etag: bareEtag(entry.etag), lastModified, storageClass };
  return fault === undefined ? listed : { ...listed, fault };
}

interface UsualListing {
  readonly entries: readonly EntryFields[];
  /** The document without its entries. */
  readonly rest: string;
}

/** Every parser skips white space between elements if it contains a line break. The SDK's keeps other white space. */
const HEAD = /^[\t\n ]*(?:<\?xml [^<>\r]*\?>[\t\n ]*)?<ListBucketResult(?: xmlns="[^"<>&\r]*")?>/;
const LEAF = /(?:[\t ]*\n[\t\n ]*)?<([A-Z]\w*)(?:\/>|>[^<\r]*<\/\1>)/y;
const END = /(?:[\t ]*\n[\t\n ]*)?<\/ListBucketResult>[\t\n ]*$/y;
const OPEN = /(?:[\t ]*\n[\t\n ]*)?<Contents>/y;
const FIELD = /(?:[\t ]*\n[\t\n ]*)?<([A-Z]\w*)>([^<\r]*)<\/\1>/y;
const OWNER =
  /(?:[\t ]*\n[\t\n ]*)?<Owner>(?:(?:[\t ]*\n[\t\n ]*)?<(ID|DisplayName)>[^<\r]*<\/\1>)*(?:[\t ]*\n[\t\n ]*)?<\/Owner>/y;
const CLOSE = /(?:[\t ]*\n[\t\n ]*)?<\/Contents>/y;

function matchAt(pattern: RegExp, document: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(document);
}

/**
 * Takes the entries out of a ListBucketResult in its usual form, at a fraction of a parser's CPU time.
 * `undefined` for any other document, which needs a parser: the form has no comments, CDATA or prefixes, and
 * every entry has a key, size and date that every parser reads alike.
 */
export function usualListing(document: string): UsualListing | undefined {
  const entries: EntryFields[] = [];
  let rest = HEAD.exec(document)?.[0] ?? "";
  if (rest === "") return undefined;
  for (let at = rest.length; ; ) {
    const entry = usualEntry(document, at);
    if (entry !== null) {
      entries.push(entry.fields);
      at = entry.end;
      continue;
    }
    const leaf = matchAt(LEAF, document, at);
    if (leaf === null) {
      const end = matchAt(END, document, at);
      return end === null || entries.length === 0 ? undefined : { entries, rest: rest + end[0] };
    }
    if (leaf[1] === "Contents") return undefined;
    rest += leaf[0];
    at += leaf[0].length;
  }
}

function usualEntry(document: string, start: number): { readonly fields: EntryFields; readonly end: number } | null {
  if (matchAt(OPEN, document, start) === null) return null;
  let at = OPEN.lastIndex;
  const texts: Texts = { Key: "", Size: "", ETag: "", LastModified: "", StorageClass: "" };
  for (;;) {
    const field = matchAt(FIELD, document, at);
    if (field !== null) {
      if (!isKept(texts, field[1] ?? "", field[2] ?? "")) return null;
      at = FIELD.lastIndex;
    } else if (matchAt(OWNER, document, at) !== null) at = OWNER.lastIndex;
    else break;
  }
  const fields = matchAt(CLOSE, document, at) && usualFields(texts);
  return fields && { fields, end: CLOSE.lastIndex };
}

type Texts = Record<"Key" | "Size" | "ETag" | "LastModified" | "StorageClass", string>;

/** Keeps the text of a field if it is one of those wanted. `false` if the field is not in its usual form. */
function isKept(texts: Texts, name: string, text: string): boolean {
  if (NESTED.has(name)) return false;
  if (!(name in texts)) return true;
  if (texts[name as keyof Texts] !== "" || text.trim() === "") return false;
  texts[name as keyof Texts] = text;
  return true;
}

/** Elements that contain others. */
const NESTED: ReadonlySet<string> = new Set(["Contents", "Owner", "RestoreStatus"]);
const USUAL_SIZE = /^(?:0|[1-9]\d{0,14})$/;
const USUAL_DATE =
  /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

function usualFields(texts: Readonly<Texts>): EntryFields | null {
  const { Size: size, LastModified: lastModified } = texts;
  const [key, etag, storageClass] = [usualText(texts.Key), usualText(texts.ETag), usualText(texts.StorageClass)];
  if (!key || etag === null || storageClass === null) return null;
  if (!USUAL_SIZE.test(size) || !USUAL_DATE.test(lastModified)) return null;
  const day = Number(lastModified.slice(8, 10));
  // Parsers disagree about 31 February.
  if (day > 28 && new Date(lastModified).getUTCDate() !== day) return null;
  return { key, size, etag, lastModified, storageClass: storageClass || undefined };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&#34;": '"',
  "&#39;": "'",
};
const ENTITY = /&[^&;]*;?/g;

/** `null` for an entity that is seldom seen. The text is a copy: a part of an answer would keep all of it in memory. */
function usualText(text: string): string | null {
  if (!text.includes("&")) return Buffer.from(text).toString();
  let isUsual = true;
  const decoded = text.replace(ENTITY, (entity) => {
    const character = ENTITIES[entity];
    isUsual &&= character !== undefined;
    return character ?? "";
  });
  return isUsual ? decoded : null;
}

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
