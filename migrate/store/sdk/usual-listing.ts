import { type ReadKey, readDate, readSize } from "../answers.js";
import type { VersionEntry } from "../object-store.js";
import { bareEtag, copyOf, decodeEntities } from "../wire.js";
import type { EntryFields } from "./listing-fields.js";

const WANTED = ["Key", "VersionId", "IsLatest", "Size", "ETag", "LastModified", "StorageClass"] as const;
type Wanted = (typeof WANTED)[number];
/** The groups of a match with the fields of an entry. Fields that it does not have match nothing. */
type Groups = Readonly<Record<Wanted, number>>;

interface Usual<Entry> {
  readonly entries: readonly Entry[];
  /** The document without its entries. */
  readonly rest: string;
}

/** One kind of listing: the root, its entries by element name, and how they are read. */
interface Form<Entry> {
  readonly head: RegExp;
  readonly end: RegExp;
  readonly open: RegExp;
  readonly layouts: Layout[];
  /** `null` if the entry is not in its usual form. The first group is its name. */
  readonly read: (found: RegExpExecArray, groups: Groups) => Entry | null;
}

/** The order of the fields of an entry, which nearly all entries of a store share. */
interface Layout {
  /** Matches a whole entry. */
  readonly pattern: RegExp;
  readonly groups: Groups;
}

/** A store has two or three: some entries name a checksum, and delete markers have no size. */
const MOST_LAYOUTS = 8;
const MOST_FIELDS = 64;

/** Every parser skips white space between elements if it contains a line break. The SDK's keeps other white space. */
const SPACE = String.raw`(?:[\t ]*\n[\t\n ]*)?`;
const LEAF = new RegExp(String.raw`${SPACE}<([A-Z]\w*)(?:/>|>[^<\r]*</\1>)`, "y");
const FIELD = new RegExp(String.raw`${SPACE}<([A-Z]\w*)>[^<\r]*</\1>`, "y");
const OWNER_FIELDS = ["ID", "DisplayName"].map((name) => String.raw`<${name}>[^<\r]*</${name}>`).join("|");
const OWNER_TEXT = `${SPACE}<Owner>(?:${SPACE}(?:${OWNER_FIELDS}))*${SPACE}</Owner>`;
const OWNER = new RegExp(OWNER_TEXT, "y");
const CLOSE = new RegExp(String.raw`${SPACE}</([A-Z]\w*)>`, "y");

function formOf<Entry>(root: string, names: string, read: Form<Entry>["read"]): Form<Entry> {
  return {
    head: new RegExp(
      `^[\\t\\n ]*(?:<\\?xml(?: [a-z]+="[^"<>&?\\r]*")+ ?\\?>[\\t\\n ]*)?<${root}(?: xmlns="[^"<>&\\r]*")?>`,
    ),
    end: new RegExp(`${SPACE}</${root}>[\\t\\n ]*$`, "y"),
    open: new RegExp(`${SPACE}<(${names})>`, "y"),
    layouts: [],
    read,
  };
}

const OBJECTS = formOf("ListBucketResult", "Contents", usualFields);
const VERSIONS = formOf("ListVersionsResult", "Version|DeleteMarker", usualVersion);

/**
 * Takes the entries out of a ListBucketResult in its usual form, at a fraction of a parser's CPU time.
 * `undefined` for any other document, which needs a parser: the form has no comments, CDATA or prefixes, and
 * every entry has a key, size and date that every parser reads alike.
 */
export function usualListing(document: string): Usual<EntryFields> | undefined {
  return readUsual(document, OBJECTS);
}

export type UsualVersion = (keyOf: (raw: string) => ReadKey) => VersionEntry;

/** As `usualListing`, for the versions and delete markers of a ListVersionsResult. */
export function usualVersions(document: string): Usual<UsualVersion> | undefined {
  return readUsual(document, VERSIONS);
}

function matchAt(pattern: RegExp, document: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(document);
}

function readUsual<Entry>(document: string, form: Form<Entry>): Usual<Entry> | undefined {
  const entries: Entry[] = [];
  let rest = form.head.exec(document)?.[0] ?? "";
  if (rest === "") return undefined;
  for (let at = rest.length; ; ) {
    const entry = usualEntry(document, at, form);
    if (entry !== null) {
      entries.push(entry.read);
      at = entry.end;
      continue;
    }
    const leaf = matchAt(LEAF, document, at);
    if (leaf === null) {
      const end = matchAt(form.end, document, at);
      return end === null || entries.length === 0 ? undefined : { entries, rest: rest + end[0] };
    }
    if (NESTED.has(leaf[1] ?? "")) return undefined;
    rest += leaf[0];
    at += leaf[0].length;
  }
}

function usualEntry<Entry>(document: string, start: number, { open, layouts, read }: Form<Entry>) {
  for (const layout of layouts) {
    const entry = entryAt(document, start, layout, read);
    if (entry !== null) return entry;
  }
  const layout = layoutAt(document, start, open);
  const entry = layout && entryAt(document, start, layout, read);
  if (layout && entry) layouts.unshift(layout);
  layouts.splice(MOST_LAYOUTS);
  return entry;
}

function entryAt<Entry>(document: string, start: number, { pattern, groups }: Layout, read: Form<Entry>["read"]) {
  const found = matchAt(pattern, document, start);
  const entry = found === null ? null : read(found, groups);
  return entry === null ? null : { read: entry, end: pattern.lastIndex };
}

/** The order of the fields of an entry. `null` if there is none, or one with fields that are not in their usual form. */
function layoutAt(document: string, start: number, open: RegExp): Layout | null {
  const name = matchAt(open, document, start)?.[1];
  if (name === undefined) return null;
  const order: string[] = [];
  for (let at = open.lastIndex; ; ) {
    const field = matchAt(FIELD, document, at)?.[1];
    const isEnd = field === undefined && matchAt(OWNER, document, at) === null;
    if (isEnd) return matchAt(CLOSE, document, at)?.[1] === name ? layoutOf(name, order) : null;
    if (NESTED.has(field ?? "")) return null;
    order.push(field ?? "Owner");
    at = (field === undefined ? OWNER : FIELD).lastIndex;
  }
}

function layoutOf(name: string, order: readonly string[]): Layout | null {
  const wanted = order.filter(isWanted);
  if (new Set(wanted).size < wanted.length || order.length > MOST_FIELDS) return null;
  const fields = order.map((field) => {
    if (field === "Owner") return OWNER_TEXT;
    // What is wanted must not be blank.
    const text = isWanted(field) ? String.raw`([^\S\r]*[^<\s][^<\r]*)` : String.raw`[^<\r]*`;
    return `${SPACE}<${field}>${text}</${field}>`;
  });
  const pattern = new RegExp(`${SPACE}<(${name})>${fields.join("")}${SPACE}</${name}>`, "y");
  const groupOf = (one: Wanted) => (wanted.includes(one) ? wanted.indexOf(one) + 2 : wanted.length + 2);
  return { pattern, groups: Object.fromEntries(WANTED.map((one) => [one, groupOf(one)])) as Groups };
}

function isWanted(name: string): name is Wanted {
  return WANTED.some((one) => one === name);
}

/** Elements that contain others. */
const NESTED: ReadonlySet<string> = new Set(["Contents", "Version", "DeleteMarker", "Owner", "RestoreStatus"]);
const USUAL_SIZE = /^(?:0|[1-9]\d{0,14})$/;
const USUAL_DATE = /^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

function usualFields(found: RegExpExecArray, groups: Groups, size = found[groups.Size] ?? ""): EntryFields | null {
  const key = decodeEntities(found[groups.Key] ?? "");
  const etag = decodeEntities(found[groups.ETag] ?? "");
  const ofClass = found[groups.StorageClass] ?? "";
  // Nearly all objects have this class.
  const storageClass = ofClass === "STANDARD" ? "STANDARD" : decodeEntities(ofClass);
  const lastModified = copyOf(found[groups.LastModified] ?? "");
  if (!key || etag === null || storageClass === null) return null;
  if (!USUAL_SIZE.test(size) || !isUsualDate(lastModified)) return null;
  return { key, size, etag, lastModified, storageClass: storageClass || undefined };
}

function usualVersion(found: RegExpExecArray, groups: Groups): UsualVersion | null {
  const kind = found[1] === "Version" ? "version" : "delete-marker";
  const size = found[groups.Size];
  // A delete marker has no size.
  const fields = usualFields(found, groups, kind === "version" ? size : "0");
  const versionId = decodeEntities(found[groups.VersionId] ?? "");
  const isLatest = found[groups.IsLatest];
  if (fields === null || versionId === null || (isLatest !== "true" && isLatest !== "false")) return null;
  if (kind === "delete-marker" && size !== undefined) return null;
  return (keyOf) => ({
    kind,
    ...readDate(fields.lastModified),
    ...readSize(fields.size),
    ...keyOf(fields.key),
    versionId: versionId || "null",
    isLatest: isLatest === "true",
    etag: bareEtag(fields.etag),
    storageClass: fields.storageClass ?? "STANDARD",
  });
}

function isUsualDate(text: string): boolean {
  if (!USUAL_DATE.test(text)) return false;
  const day = Number(text.slice(8, 10));
  // Parsers disagree about 31 February.
  return day <= 28 || new Date(text).getUTCDate() === day;
}
