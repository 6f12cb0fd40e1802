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

/** If a key that the store does not call encoded begins with the requested prefix only after decoding, it is encoded. */
export function keyUnder(prefix: string, key: string): string {
  if (key.startsWith(prefix)) return key;
  const decoded = decodeKey(key);
  return decoded?.startsWith(prefix) ? decoded : key;
}

type Next = (args: never) => Promise<{ readonly response: unknown }>;

interface Stack {
  addRelativeTo(
    middleware: (next: Next) => Next,
    options: { relation: "after"; toMiddleware: string; name: string },
  ): void;
}

/**
 * Reads the text of an answer, of which the SDK only returns its own reading. Call it before the command is sent. `rest`
 * is the text that the SDK reads. Returns what hands over the findings, once: what stays reachable from a request that
 * took long is moved by V8 to where it is collected late.
 */
export function readBody<Found extends { readonly rest: string }>(
  command: { readonly middlewareStack: unknown },
  read: (text: string) => Found,
): () => Partial<Found> {
  let kept: Partial<Found> = {};
  (command.middlewareStack as Stack).addRelativeTo(
    (next) => async (args) => {
      const answered = await next(args);
      const response = answered.response as { body?: unknown };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const text = body.toString("utf8");
      const found = read(text);
      kept = found;
      response.body = new Uint8Array(found.rest === text ? body : Buffer.from(found.rest));
      return answered;
    },
    { relation: "after", toMiddleware: "deserializerMiddleware", name: "readBody" },
  );
  return () => {
    const found = kept;
    kept = {};
    return found;
  };
}
