import type { Credentials, Request } from "aws4";
import aws4 from "aws4";

const MARK = "[secret]";
/** Shorter secrets would also match common words. */
const MIN_CHARS = 8;
/** This many characters reveal a secret. A store may truncate the text that it repeats. */
const TELLING_CHARS = 12;

/** Every encoding of every secret of this process, keyed by its first characters. */
const spellings = new Map<string, Set<string>>();

/** Registers a secret: from then on it is removed from all texts of the store and from all messages. */
export function rememberSecret(secret: string | Uint8Array): void {
  for (const spelling of spellingsOf(Buffer.from(secret))) {
    if (spelling.length < MIN_CHARS) continue;
    const start = spelling.slice(0, MIN_CHARS);
    const alike = spellings.get(start) ?? new Set();
    spellings.set(start, alike.add(spelling));
  }
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

/**
 * Names that mark a secret, whatever its value: the headers of a signed request, which a store may repeat.
 */
const NAMED: readonly RegExp[] = [
  /(\bauthorization["']?\s*[:=>]\s*["']?)[^"'<>\n]+/gi,
  /(x-amz-(?:security-token|signature)["']?\s*[:=>]\s*["']?)[^\s"'<>&,;]+/gi,
  /(customer-key["']?\s*[:=>]\s*["']?)[^\s"'<>&,;]+/gi,
  /(\bsignature\s*=\s*["']?)[^\s"'<>&,;]+/gi,
];

/** Removes all registered secrets, and all values whose name marks them as secret. */
export function withoutSecrets(text: string): string {
  return NAMED.reduce((left, pattern) => left.replace(pattern, `$1${MARK}`), withoutSpellings(text));
}

function withoutSpellings(text: string): string {
  let left = "";
  let from = 0;
  for (let at = 0; at + MIN_CHARS <= text.length; at += 1) {
    const length = secretAt(text, at);
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

/**
 * White space in HTTP. JavaScript counts more characters as white space, such as the ideographic space, whose
 * bytes belong to a value.
 */
const AROUND = /^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g;
const WITHIN = /[\t\n\v\f\r ]+/g;
/** The further characters that JavaScript counts as white space. */
const FURTHER_SPACE = /[^\S\t\n\v\f\r ]/;

/**
 * Signs header values as their bytes are sent. aws4 would collapse everything that JavaScript counts as white
 * space.
 */
class WireSigner extends aws4.RequestSigner {
  override canonicalHeaders(): string {
    // Builds the list of signed headers.
    this.signedHeaders();
    const { filteredHeaders } = this as unknown as { filteredHeaders: readonly (readonly [string, unknown])[] };
    return filteredHeaders
      .map(([name, value]) => `${name}:${String(value).replace(AROUND, "").replace(WITHIN, " ")}`)
      .join("\n");
  }
}

/** Returns the headers of a request with a signature over the bytes that will be sent. */
export function signRequest(request: Request, credentials: Credentials): Record<string, string> {
  return new WireSigner(request, credentials).sign().headers as Record<string, string>;
}

/** Whether common signers would sign other bytes than the ones sent. */
export function isSignedAmiss(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).some((value) => FURTHER_SPACE.test(value));
}
