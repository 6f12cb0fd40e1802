import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { ObjectInput, RequestHeaders } from "../object-store.js";
import type { Operation } from "../operations.js";
import type { Credentials } from "../sdk/open-client.js";
import type { ServerClock } from "../store-error.js";
import { type Network, PLAIN_NETWORK } from "../transport/agents.js";
import { answerError, type IncomingAnswer, parseXml, socketError, TextAnswer } from "../transport/answer.js";
import { openPools, type WholeRequest } from "../transport/pool.js";
import { createSigner } from "../transport/sign.js";
import { callLimits, encodeKey, encodeSegment } from "../wire.js";

interface EndpointParts {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  /** Empty for the protocol's default port. */
  readonly port: string;
  /** Path prefix of the endpoint, without a final slash. */
  readonly basePath: string;
  readonly pathStyle: boolean;
}

export function parseEndpoint(endpoint: string, pathStyle: boolean): EndpointParts {
  const url = new URL(endpoint);
  const protocol = url.protocol === "https:" ? "https:" : "http:";
  return { protocol, hostname: url.hostname, port: url.port, basePath: url.pathname.replace(/\/$/, ""), pathStyle };
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replaceAll(/[[\]]/g, "")) !== 0;
}

/**
 * Host and path of an object. The path is built by hand because a URL parser would collapse `.` and `..` in
 * keys.
 */
export function objectUrl(endpoint: EndpointParts, bucket: string, key: string): { host: string; path: string } {
  // Wildcard certificates of virtual hosts do not cover a second label, and an IP address has no subdomains.
  const hasDots = bucket.includes(".") && endpoint.protocol === "https:";
  const inPath = endpoint.pathStyle || hasDots || isAddress(endpoint.hostname);
  const host = inPath ? endpoint.hostname : `${bucket}.${endpoint.hostname}`;
  return { host, path: `${endpoint.basePath}${inPath ? `/${bucket}` : ""}/${encodeKey(key)}` };
}

/** Builds a query string, leaving out undefined parameters. */
export function objectQuery(parameters: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return present.map(([name, value]) => `${name}=${encodeSegment(value)}`).join("&");
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface LeanOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly maxSockets: number;
  /** @default no proxies, and the certificate authorities that Node trusts */
  readonly network?: Network | undefined;
  /** Sent with every request: the expected bucket owner and the requester-pays header. */
  readonly accountHeaders?: RequestHeaders | undefined;
  /** Called before every request, so that renewed credentials are used at once. */
  readonly credentials: () => Promise<Credentials>;
  /** The store's time: signatures are valid for only a few minutes. */
  readonly clock: ServerClock;
}

/** A request for one object. */
interface LeanCall {
  readonly operation: Operation;
  readonly method: WholeRequest["method"];
  readonly bucket: string;
  readonly key: string;
  /** Encoded, without `?`. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Signs and sends a call, and resolves with any answer. Rejects with a `StoreError` if no answer came. */
export type Exchange = (call: LeanCall) => Promise<IncomingAnswer>;

interface Exchanges {
  readonly exchange: Exchange;
  /** Closes every connection. */
  close(): void;
}

export function createExchange(options: LeanOptions): Exchanges {
  const { clock } = options;
  const { protocol, port, ...endpoint } = parseEndpoint(options.endpoint, options.pathStyle);
  const { send, close } = openPools(options.network ?? PLAIN_NETWORK, options.maxSockets);
  const sign = createSigner(options.region);
  const signingTime = createSigningTime();
  const exchange: Exchange = async ({ operation, method, bucket, key, query, headers: given, body }) => {
    const { host: hostname, path: ofObject } = objectUrl({ protocol, port, ...endpoint }, bucket, key);
    const path = query ? `${ofObject}?${query}` : ofObject;
    try {
      const credentials = await options.credentials();
      const headers: Record<string, string> = {
        ...options.accountHeaders,
        ...given,
        host: port ? `${hostname}:${port}` : hostname,
        ...contentHeaders(body),
        "x-amz-date": signingTime(clock.now()),
      };
      if (credentials.sessionToken) headers["x-amz-security-token"] = credentials.sessionToken;
      headers.authorization = sign({ method, path, headers }, credentials);
      const request = { method, protocol, hostname, port, path, headers, body, limits: callLimits(operation) };
      const answer = new TextAnswer(await send(request));
      learnTime(answer, clock);
      return answer;
    } catch (error) {
      throw socketError(operation, error);
    }
  };
  return { exchange, close };
}

function contentHeaders(body: Uint8Array | undefined): Readonly<Record<string, string>> {
  if (body === undefined) return { "x-amz-content-sha256": EMPTY_SHA256 };
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { "x-amz-content-sha256": sha256, "content-length": String(body.length) };
}

/** Writes a time in a form such as `20261123T101500Z`, once for all calls of a second. */
function createSigningTime(): (time: Date) => string {
  let kept = { second: Number.NaN, text: "" };
  return (time) => {
    const second = Math.floor(time.getTime() / 1000);
    if (second !== kept.second) kept = { second, text: time.toISOString().replaceAll(/[:-]|\.\d{3}/g, "") };
    return kept.text;
  };
}

/**
 * If an answer rejects the request time, sets the clock from it, so the next request is signed with the
 * store's time. The SDK does the same.
 */
function learnTime(answer: IncomingAnswer, clock: ServerClock): void {
  if (answer.status !== 403) return;
  const { Error: refusal } = parseXml(answer.body);
  if (refusal?.Code === "RequestTimeTooSkewed") clock.set(String(refusal.ServerTime ?? answer.headers.date));
}

interface SubresourceDocument<Result> {
  readonly operation: Operation;
  readonly subResource: string;
  /** Returns `undefined` for a document that is not understood. */
  readonly read: (text: string) => Result | undefined;
  /** For example "the tags cannot be parsed". */
  readonly notUnderstood: string;
  /**
   * The meaning of an empty answer whose Content-Length is 0. @default the answer is rejected as not
   * understood
   */
  readonly whenEmpty?: Result;
}

/** GETs a subresource of an object. Rejects if the document is not understood, because its contents must not be lost. */
export async function readDocument<Result>(
  exchange: Exchange,
  { bucket, key, versionId }: ObjectInput,
  { operation, subResource, read, notUnderstood, whenEmpty }: SubresourceDocument<Result>,
): Promise<Result> {
  const query = objectQuery({ [subResource]: "", versionId });
  const answer = await exchange({ operation, method: "GET", bucket, key, query, headers: {} });
  if (answer.status !== 200) throw answerError(operation, answer, parseXml(answer.body));
  if (whenEmpty !== undefined && isEmptyXml(answer.headers)) return whenEmpty;
  const result = read(answer.body);
  if (result !== undefined) return result;
  throw answerError(operation, answer, { Error: { Code: "IncompleteAnswer", Message: notUnderstood } });
}

function isEmptyXml(headers: Readonly<Record<string, string>>): boolean {
  return headers["content-length"] === "0" && /^application\/xml\b/.test(headers["content-type"] ?? "");
}

const MOST_KEPT = 200;
const LONGEST_KEPT = 4096;

/** Keeps what was read from the latest short texts, and returns it if the same text comes again. */
export function keptByText<Result extends object>(
  read: (text: string) => Result | undefined,
): (text: string) => Result | undefined {
  const kept = new Map<string, Result>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const result = read(text);
    if (result === undefined || text.length > LONGEST_KEPT) return result;
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(text, result);
    return result;
  };
}
