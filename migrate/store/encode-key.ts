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
