const MARK = "[secret]";
/** Shorter secrets would also match common words. */
const MIN_CHARS = 8;
/** This many characters reveal a secret. A store may truncate the text that it repeats. */
const TELLING_CHARS = 12;

/** Every encoding of every secret of this process, keyed by its first characters. */
const spellings = new Map<string, Set<string>>();
/** The first two characters of each, which rule out most texts cheaply. */
const beginnings = new Set<number>();

/** Registers a secret: from then on it is removed from all texts of the store and from all messages. */
export function rememberSecret(secret: string | Uint8Array): void {
  for (const spelling of spellingsOf(Buffer.from(secret))) {
    if (spelling.length < MIN_CHARS) continue;
    const start = spelling.slice(0, MIN_CHARS);
    const alike = spellings.get(start) ?? new Set();
    spellings.set(start, alike.add(spelling));
    beginnings.add(pairAt(start, 0));
  }
}

function pairAt(text: string, at: number): number {
  return text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);
}

/** Plain, percent-encoded, JSON-escaped, base64 and hex. */
function spellingsOf(bytes: Buffer): string[] {
  const base64 = bytes.toString("base64");
  const hex = bytes.toString("hex");
  const plain = [bytes.toString("utf8"), bytes.toString("latin1"), base64, bytes.toString("base64url")];
  const encoded = plain.flatMap((text) => [encodeURIComponent(text), encodeURIComponent(text).replace(/%../g, lower)]);
  const escaped = plain.map((text) => text.replaceAll("/", "\\/"));
  return [...new Set([...plain, ...encoded, ...escaped, hex, hex.toUpperCase()])];
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** Names that mark a secret: the headers of a signed request, which a store may repeat. All need one of `:=>`. */
const NAMED: readonly RegExp[] = [
  /(\bauthorization["']?\s*[:=>]\s*["']?)[^"'<>\n]+/gi,
  /(x-amz-(?:security-token|signature)["']?\s*[:=>]\s*["']?)[^\s"'<>&,;]+/gi,
  /(customer-key["']?\s*[:=>]\s*["']?)[^\s"'<>&,;]+/gi,
  /(\bsignature\s*=\s*["']?)[^\s"'<>&,;]+/gi,
];

/** Removes all registered secrets, and all values whose name marks them as secret. */
export function withoutSecrets(text: string): string {
  const left = withoutSpellings(text);
  return /[:=>]/.test(left) ? NAMED.reduce((named, pattern) => named.replace(pattern, `$1${MARK}`), left) : left;
}

function withoutSpellings(text: string): string {
  let left = "";
  let from = 0;
  for (let at = 0; at + MIN_CHARS <= text.length; at += 1) {
    const length = beginnings.has(pairAt(text, at)) ? secretAt(text, at) : 0;
    if (length === 0) continue;
    left += text.slice(from, at) + MARK;
    from = at + length;
    at = from - 1;
  }
  return left + text.slice(from);
}

/** Number of characters at this position that belong to a secret. */
function secretAt(text: string, at: number): number {
  let longest = 0;
  for (const spelling of spellings.get(text.slice(at, at + MIN_CHARS)) ?? []) {
    let length = MIN_CHARS;
    while (length < spelling.length && text[at + length] === spelling[length]) length += 1;
    if (length >= Math.min(spelling.length, TELLING_CHARS)) longest = Math.max(longest, length);
  }
  return longest;
}

type Headers = Readonly<Record<string, string>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Replaces bytes that are not UTF-8 in a value. The original bytes cannot be signed or sent again. */
export const NO_UTF8 = "\ufffd";

/** Decodes header values. Node reads their bytes as latin-1, but S3 means UTF-8 and signs that. */
export function readWireHeaders(headers: Headers): Record<string, string> {
  const read = mapValues(headers, (value) => (ASCII.test(value) ? value : utf8.decode(Buffer.from(value, "latin1"))));
  const requestId = read["x-amz-request-id"];
  // The request ID is written to the journal of every object.
  return requestId === undefined ? read : { ...read, "x-amz-request-id": withoutSecrets(requestId) };
}

/** The headers of which Node keeps only the first, if an answer repeats them. It joins the values of all others. */
const SINGLE: ReadonlySet<string> = new Set(
  (
    "age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since " +
    "last-modified location max-forwards proxy-authorization referer retry-after server user-agent"
  ).split(" "),
);
const JOINED_BY: Readonly<Record<string, string>> = { cookie: "; ", "set-cookie": "," };

/** As `readWireHeaders`, from the bytes of names and values in turn. */
export function readRawHeaders(raw: readonly Buffer[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [nameOf(raw[at] as Buffer), textOf(raw[at + 1] as Buffer)];
    const earlier = read[name];
    if (earlier === undefined) read[name] = name === "x-amz-request-id" ? withoutSecrets(value) : value;
    else if (!SINGLE.has(name)) read[name] = `${earlier}${JOINED_BY[name] ?? ", "}${value}`;
  }
  return read;
}

/** Names that came before, in lower case, by length and first and last byte: nearly all answers have the same. */
const names = new Map<number, { readonly bytes: Buffer; readonly name: string }>();

function nameOf(bytes: Buffer): string {
  const hash = bytes.length * 65_536 + (bytes[0] ?? 0) * 256 + (bytes.at(-1) ?? 0);
  const known = names.get(hash);
  if (known?.bytes.equals(bytes)) return known.name;
  const name = bytes.toString("latin1").toLowerCase();
  if (names.size < 500 && bytes.length < 64) names.set(hash, { bytes: Buffer.from(bytes), name });
  return name;
}

/** Without the white space after a value, which parsers leave there. */
function textOf(value: Buffer): string {
  let end = value.length;
  while (end > 0 && (value[end - 1] === 0x20 || value[end - 1] === 0x09)) end -= 1;
  return value.toString("utf8", 0, end);
}

/**
 * Encodes text so that Node sends UTF-8. Call it after signing. If Node knows the length of a body, it writes
 * one header in another encoding than all others, so that header goes first.
 */
export function writeWireHeaders(headers: Headers): Record<string, string> {
  const written = mapValues(headers, (value) => (ASCII.test(value) ? value : Buffer.from(value).toString("latin1")));
  const { "content-disposition": first, ...others } = written;
  return first === undefined ? written : { "content-disposition": first, ...others };
}

/** As `writeWireHeaders`, for a client that writes all headers alike: names and values in turn. */
export function flatWireHeaders(headers: Headers): string[] {
  const flat: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string;
    flat.push(name, ASCII.test(value) ? value : Buffer.from(value).toString("latin1"));
  }
  return flat;
}

function mapValues(headers: Headers, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}

/** An ETag without its double quotes: stores disagree on whether they belong to it. */
export function bareEtag(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}

/** Percent-encodes one path segment as RFC 3986 does, which is what SigV4 signs. */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Builds a query string, leaving out undefined parameters. */
export function objectQuery(parameters: Readonly<Record<string, string | undefined>>): string {
  let query = "";
  for (const name in parameters) {
    const value = parameters[name];
    if (value !== undefined) query += `${query === "" ? "" : "&"}${name}=${value === "" ? "" : encodeSegment(value)}`;
  }
  return query;
}

const NEEDS_NO_ENCODING = /^[\w\-.~/]*$/;

/** A key in a request path: every segment is encoded, `/` is kept, nothing is normalised. */
export function encodeKey(key: string): string {
  if (NEEDS_NO_ENCODING.test(key)) return key;
  return key.split("/").map(encodeSegment).join("/");
}

/** `x-amz-copy-source` of an object that is copied onto itself. The SDK does not encode it. */
export function copySource(bucket: string, key: string, versionId?: string | undefined): string {
  const source = `${bucket}/${encodeKey(key)}`;
  return versionId === undefined ? source : `${source}?versionId=${encodeURIComponent(versionId)}`;
}

/** Escapes that a store decodes if it decodes a key once more than it was encoded. */
const ESCAPE = /%([0-9a-f]{2})/gi;
const NO_ESCAPE = /%(?![0-9a-f]{2})/i;
const VERSION_ID = /\?versionid=/i;

/**
 * Whether UploadPartCopy may use this key as its source, on any store.
 *
 * Ceph decodes the source before it looks for a version ID. If a key contains `?versionId=`, Ceph reads
 * another object and writes its bytes under this key, whatever conditions were sent (seen on Ceph RGW 18 and
 * 20). Version 18 decodes twice. Its process ends if a key begins with `?versionId=` or contains a `%`
 * without digits behind it.
 */
export function isPartSource(key: string): boolean {
  const decoded = key.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return !NO_ESCAPE.test(key) && !VERSION_ID.test(key) && !VERSION_ID.test(decoded);
}

/** Whether a store that decodes twice mistakes this key for another. */
export function isReadTwice(key: string): boolean {
  return key.includes("%");
}

/**
 * The version that a write created, if it can be named. The null version is current right after it is
 * written, and stores that name it without supporting versions reject requests for it.
 */
export function writtenVersion(versionId: string | undefined): string | null {
  return versionId === undefined || versionId === "null" ? null : versionId;
}

const MOST_KEPT = 200;
const LONGEST_KEPT = 4096;

/** Keeps what was read from the latest short texts, and returns it if the same text comes again. */
export function keptByText<Result extends object>(
  read: (text: string) => Result | undefined,
): (text: string) => Result | undefined {
  const kept = new Map<string, Result>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const result = read(text);
    if (result === undefined || text.length > LONGEST_KEPT) return result;
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(text, result);
    return result;
  };
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

/** A part of an answer would keep all of it in memory. V8 takes a part of the short text that it makes here instead. */
export function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}

/** A copy of the text of an element; `null` if it has an entity that is seldom seen. */
export function decodeEntities(text: string): string | null {
  if (!text.includes("&")) return copyOf(text);
  // Of nearly all texts with an entity, these are the only ones: the double quotes of an ETag.
  const copy = copyOf(text).replaceAll("&quot;", '"');
  if (!copy.includes("&")) return copy;
  let isUsual = true;
  const decoded = copyOf(text).replace(ENTITY, (entity) => {
    const character = ENTITIES[entity];
    isUsual &&= character !== undefined;
    return character ?? "";
  });
  return isUsual ? decoded : null;
}
