const LAST_PRINTABLE = /^[!-~]$/;

/**
 * A key that S3 lists before this one, with few keys in between; `undefined` where the listing is best begun at its beginning. Of printable ASCII but for
 * what the key itself holds, so that any store takes it.
 */
export function keyBefore(key: string): string | undefined {
  const characters = Array.from(key);
  const last = characters.pop() ?? "";
  const rest = characters.join("");
  if (LAST_PRINTABLE.test(last)) return `${rest}${String.fromCharCode(last.charCodeAt(0) - 1)}~`;
  return rest === "" ? undefined : rest;
}
