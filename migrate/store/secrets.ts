import type { Credentials, Request } from "aws4";
import aws4 from "aws4";

const MARK = "[secret]";
/** Shorter ones would take common words along. */
const LEAST_CHARS = 8;
/** So much of one gives it away; a store may have cut what it repeats. */
const TELLING_CHARS = 12;

/** Every spelling of every secret of this process, by its first characters. */
const spellings = new Map<string, Set<string>>();

/** Notes a secret that is in use: from then on no text of a store, and no message, repeats it. */
export function rememberSecret(secret: string | Uint8Array): void {
  for (const spelling of spellingsOf(Buffer.from(secret))) {
    if (spelling.length < LEAST_CHARS) continue;
    const start = spelling.slice(0, LEAST_CHARS);
    const alike = spellings.get(start) ?? new Set();
    spellings.set(start, alike.add(spelling));
  }
}

/** As it is, percent-encoded, escaped in JSON, in base64, and in hex. */
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

/** What names a secret, whatever its value: the headers of a signed request, as a store may repeat them. */
const NAMED: readonly RegExp[] = [
  /(\bauthorization["']?\s*[:=>]\s*["']?)[^"'<>\n]+/gi,
  /(x-amz-(?:security-token|signature)["']?\s*[:=>]\s*["']?)[^\s"'<>&,;]+/gi,
  /(customer-key["']?\s*[:=>]\s*["']?)[^\s"'<>&,;]+/gi,
  /(\bsignature\s*=\s*["']?)[^\s"'<>&,;]+/gi,
];

/** A text without any secret that is in use, and without whatever is named as one. */
export function withoutSecrets(text: string): string {
  return NAMED.reduce((left, pattern) => left.replace(pattern, `$1${MARK}`), withoutSpellings(text));
}

function withoutSpellings(text: string): string {
  let left = "";
  let from = 0;
  for (let at = 0; at + LEAST_CHARS <= text.length; at += 1) {
    const length = secretAt(text, at);
    if (length === 0) continue;
    left += text.slice(from, at) + MARK;
    from = at + length;
    at = from - 1;
  }
  return left + text.slice(from);
}

/** How many characters from there on are those of a secret. */
function secretAt(text: string, at: number): number {
  let longest = 0;
  for (const spelling of spellings.get(text.slice(at, at + LEAST_CHARS)) ?? []) {
    let length = LEAST_CHARS;
    while (length < spelling.length && text[at + length] === spelling[length]) length += 1;
    if (length >= Math.min(spelling.length, TELLING_CHARS)) longest = Math.max(longest, length);
  }
  return longest;
}

/** White space of HTTP. JavaScript's own has more, such as the space of Japanese text, whose bytes are part of a value. */
const AROUND = /^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g;
const WITHIN = /[\t\n\v\f\r ]+/g;
/** What JavaScript takes for white space beyond that. */
const FURTHER_SPACE = /[^\S\t\n\v\f\r ]/;

/** Signs header values as their bytes are sent: aws4 folds all that JavaScript takes for white space. */
class WireSigner extends aws4.RequestSigner {
  override canonicalHeaders(): string {
    // Makes the list of those that are signed.
    this.signedHeaders();
    const { filteredHeaders } = this as unknown as { filteredHeaders: readonly (readonly [string, unknown])[] };
    return filteredHeaders
      .map(([name, value]) => `${name}:${String(value).replace(AROUND, "").replace(WITHIN, " ")}`)
      .join("\n");
  }
}

/** The headers of a request with its signature, which is made over the bytes that will be sent. */
export function signRequest(request: Request, credentials: Credentials): Record<string, string> {
  return new WireSigner(request, credentials).sign().headers as Record<string, string>;
}

/** Whether common signers would sign something else than the bytes of these values. */
export function isSignedAmiss(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).some((value) => FURTHER_SPACE.test(value));
}
