import { createHmac, hash } from "node:crypto";
import { encodeSegment } from "../wire.js";

interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request with every header that is to be signed, `x-amz-date` and `x-amz-content-sha256` among them. */
interface UnsignedRequest {
  readonly method: string;
  /** With the query, as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns the Authorization header of a request. */
type Signer = (request: UnsignedRequest, credentials: SigningCredentials) => string;

const ALGORITHM = "AWS4-HMAC-SHA256";
/** Proxies may change these. */
const UNSIGNED: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "expect",
  "presigned-expires",
  "range",
  "user-agent",
  "x-amzn-trace-id",
]);

/**
 * Signs requests to S3 in one region with AWS Signature Version 4, over the bytes that are sent:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The signing key
 * is derived once a day.
 */
export function createSigner(region: string): Signer {
  let kept: { readonly secret: string; readonly day: string; readonly key: Buffer } | null = null;
  const keyOf = (secret: string, day: string): Buffer => {
    if (kept?.secret !== secret || kept.day !== day) kept = { secret, day, key: signingKey(secret, day, region) };
    return kept.key;
  };
  const signedAmong = createNameOrder();
  return ({ method, path, headers }, { accessKeyId, secretAccessKey }) => {
    const { names, signedHeaders, isLowerCase } = signedAmong(Object.keys(headers));
    const values = isLowerCase ? headers : lowerCased(headers);
    const time = values["x-amz-date"] ?? "";
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/s3/aws4_request`;
    let canonical = `${method}\n${canonicalTarget(path)}\n`;
    for (const name of names) canonical += `${name}:${canonicalValue(values[name] ?? "")}\n`;
    canonical += `\n${signedHeaders}\n${values["x-amz-content-sha256"]}`;
    const text = `${ALGORITHM}\n${time}\n${scope}\n${hash("sha256", canonical)}`;
    const signature = createHmac("sha256", keyOf(secretAccessKey, day)).update(text).digest("hex");
    return `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  };
}

/** Writes a time in a form such as `20261123T101500Z`, once for all calls of a second. */
export function createSigningTime(): (time: Date) => string {
  let kept = { second: Number.NaN, text: "" };
  return (time) => {
    const second = Math.floor(time.getTime() / 1000);
    if (second !== kept.second) kept = { second, text: time.toISOString().replaceAll(/[:-]|\.\d{3}/g, "") };
    return kept.text;
  };
}

function signingKey(secret: string, day: string, region: string): Buffer {
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  return [region, "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, day));
}

interface NameOrder {
  /** The headers to sign in lower case, in order. */
  readonly names: readonly string[];
  readonly signedHeaders: string;
  /** Whether all headers of the request have their names in lower case. */
  readonly isLowerCase: boolean;
}

/** Names of user metadata differ from object to object. */
const MOST_ORDERS = 100;

/** Sorts the names of headers, and keeps the result: most requests of a run have the same headers. */
function createNameOrder(): (given: readonly string[]) => NameOrder {
  const kept = new Map<string, NameOrder>();
  return (given) => {
    const all = given.join();
    const known = kept.get(all);
    if (known !== undefined) return known;
    const lower = given.map((name) => name.toLowerCase());
    const names = lower.filter((name) => !UNSIGNED.has(name)).sort();
    const order = { names, signedHeaders: names.join(";"), isLowerCase: lower.join() === all };
    if (kept.size >= MOST_ORDERS) kept.clear();
    kept.set(all, order);
    return order;
  };
}

function lowerCased(headers: UnsignedRequest["headers"]): UnsignedRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

const NEEDS_NO_ENCODING = /^[\w\-.~/]*$/;

/** Path and query on a line each. S3 decodes both, and signs every character in its one encoding. */
function canonicalTarget(target: string): string {
  const at = target.indexOf("?");
  const path = at < 0 ? target : target.slice(0, at);
  const encoded = NEEDS_NO_ENCODING.test(path) ? path : path.split("/").map(encodedOnce).join("/");
  return `${encoded}\n${at < 0 ? "" : canonicalQuery(target.slice(at + 1))}`;
}

function canonicalQuery(query: string): string {
  const pairs = query.split("&").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return { name: encodedOnce(name), value: encodedOnce(value.join("=")) };
  });
  return pairs
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function encodedOnce(text: string): string {
  return NEEDS_NO_ENCODING.test(text) && !text.includes("/") ? text : encodeSegment(decodeURIComponent(text));
}

/**
 * White space in HTTP. JavaScript counts more characters as white space, such as the ideographic space, whose
 * bytes belong to a value.
 */
const AROUND = /^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g;
const WITHIN = /[\t\n\v\f\r ]+/g;
const SPACE = /[\t\n\v\f\r ]/;
/** The further characters that JavaScript counts as white space. */
const FURTHER_SPACE = /[^\S\t\n\v\f\r ]/;

function canonicalValue(value: string): string {
  return SPACE.test(value) ? value.replace(AROUND, "").replace(WITHIN, " ") : value;
}

/** Whether common signers would sign other bytes than the ones sent. */
export function isSignedAmiss(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).some((value) => FURTHER_SPACE.test(value));
}
