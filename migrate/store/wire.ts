import { withoutSecrets } from "./secrets.js";

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

const ENCODED_ONCE_MORE = "content-disposition";

/**
 * Encodes text so that Node sends UTF-8. Call it after signing. If Node knows the length of a body, it writes
 * one header in another encoding than all others, so that header goes first.
 */
export function writeWireHeaders(headers: Headers): Record<string, string> {
  const written = mapValues(headers, (value) => (ASCII.test(value) ? value : Buffer.from(value).toString("latin1")));
  const { [ENCODED_ONCE_MORE]: first, ...others } = written;
  return first === undefined ? written : { [ENCODED_ONCE_MORE]: first, ...others };
}

function mapValues(headers: Headers, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}

/** An ETag without its double quotes: stores disagree on whether they belong to it. */
export function bareEtag(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

/** Percent-encodes one path segment as RFC 3986 does, which is what SigV4 signs. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A key in a request path: every segment is encoded, `/` is kept, nothing is normalised. */
export function encodeKey(key: string): string {
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
