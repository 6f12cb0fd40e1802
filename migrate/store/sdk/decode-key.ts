/** A key of a listing that was asked for URL-encoded, where `+` is a space. */
export function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", " "));
}
