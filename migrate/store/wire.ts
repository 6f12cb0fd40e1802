import { withoutSecrets } from "./secrets.js";

type Headers = Readonly<Record<string, string>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Stands in a value for bytes that are no UTF-8: what they were cannot be signed, nor sent again. */
export const NO_UTF8 = "\ufffd";

/** Header values as text: node reads their bytes as latin-1, while S3 means UTF-8, which signatures are made over. */
export function readWireHeaders(headers: Headers): Record<string, string> {
  const read = mapValues(headers, (value) => (ASCII.test(value) ? value : utf8.decode(Buffer.from(value, "latin1"))));
  const requestId = read["x-amz-request-id"];
  // It goes into the journal of every object.
  return requestId === undefined ? read : { ...read, "x-amz-request-id": withoutSecrets(requestId) };
}

const ENCODED_ONCE_MORE = "content-disposition";

/**
 * Text to what node has to be given so that UTF-8 goes out. To be done after signing. Once node knows the length of a body it writes one
 * header in another encoding than all others, so that this one goes first.
 */
export function writeWireHeaders(headers: Headers): Record<string, string> {
  const written = mapValues(headers, (value) => (ASCII.test(value) ? value : Buffer.from(value).toString("latin1")));
  const { [ENCODED_ONCE_MORE]: first, ...others } = written;
  return first === undefined ? written : { [ENCODED_ONCE_MORE]: first, ...others };
}

function mapValues(headers: Headers, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}

/** An ETag without its double quotes: stores disagree on whether they are part of it. */
export function bareEtag(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

/** Percent-encodes one path segment as RFC 3986 does, which is what SigV4 signs. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A key as it stands in a request path: every segment encoded, `/` kept, nothing normalised. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeSegment).join("/");
}

/** `x-amz-copy-source` of an object that is copied onto itself. The SDK does not encode it for us. */
export function copySource(bucket: string, key: string, versionId?: string | undefined): string {
  const source = `${bucket}/${encodeKey(key)}`;
  return versionId === undefined ? source : `${source}?versionId=${encodeURIComponent(versionId)}`;
}

/** What a store reads that decodes a key once more than it was encoded. */
const ESCAPE = /%([0-9a-f]{2})/gi;
const NO_ESCAPE = /%(?![0-9a-f]{2})/i;
const VERSION_ID = /\?versionid=/i;

/**
 * Whether UploadPartCopy may be told to read this key, of any store. Ceph decodes its source before it looks for a version id: of
 * a key that holds `?versionId=` it reads another object, whose bytes then stand under this one's name, whatever condition was
 * sent. Seen of Ceph RGW 18 and 20. Version 18 decodes twice, and ends its process at a key that begins so, or holds a `%`
 * with no digits behind it.
 */
export function isPartSource(key: string): boolean {
  const decoded = key.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return !NO_ESCAPE.test(key) && !VERSION_ID.test(key) && !VERSION_ID.test(decoded);
}

/** Whether a store that decodes twice takes this key for another. */
export function isReadTwice(key: string): boolean {
  return key.includes("%");
}

/**
 * The version that a write made, where it can be named. The null version is the current one once it is written, and
 * stores that name it without having versions refuse to be asked for it.
 */
export function writtenVersion(versionId: string | undefined): string | null {
  return versionId === undefined || versionId === "null" ? null : versionId;
}
