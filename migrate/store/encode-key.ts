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
