const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** Orders keys by their UTF-8 bytes, as S3 does; JavaScript's own order differs beyond U+FFFF. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) {
      return inUtf8Order(a) - inUtf8Order(b);
    }
  }
  return left.length - right.length;
}

// Surrogates stand for code points above U+FFFF, so they go after U+E000 to U+FFFF.
function inUtf8Order(unit: number): number {
  if (unit < FIRST_SURROGATE) {
    return unit;
  }
  return unit >= AFTER_SURROGATES ? unit - 0x800 : unit + 0x2000;
}
