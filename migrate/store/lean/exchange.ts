import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { ObjectInput, RequestHeaders } from "../object-store.js";
import { type Operation, publishRequest, requests } from "../operations.js";
import type { Credentials } from "../sdk/open-client.js";
import type { ServerClock } from "../store-error.js";
import { type Network, PLAIN_NETWORK } from "../transport/agents.js";
import { answerError, type IncomingAnswer, parseXml, socketError, TextAnswer } from "../transport/answer.js";
import { openPools } from "../transport/pool.js";
import { callLimits, type RequestCounts, type WholeRequest } from "../transport/request.js";
import { createSigner, createSigningTime } from "../transport/sign.js";
import { encodeKey, objectQuery } from "../wire.js";

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
  const { host, folder } = bucketUrl(endpoint, bucket);
  return { host, path: folder + encodeKey(key) };
}

/** Host of a bucket, and the beginning of its objects' paths. */
function bucketUrl(endpoint: EndpointParts, bucket: string): { host: string; folder: string } {
  // Wildcard certificates of virtual hosts do not cover a second label, and an IP address has no subdomains.
  const hasDots = bucket.includes(".") && endpoint.protocol === "https:";
  const inPath = endpoint.pathStyle || hasDots || isAddress(endpoint.hostname);
  const host = inPath ? endpoint.hostname : `${bucket}.${endpoint.hostname}`;
  return { host, folder: `${endpoint.basePath}${inPath ? `/${bucket}` : ""}/` };
}

function bucketUrls(endpoint: EndpointParts): (bucket: string) => ReturnType<typeof bucketUrl> {
  const urls = new Map<string, ReturnType<typeof bucketUrl>>();
  return (bucket) => {
    const url = urls.get(bucket) ?? bucketUrl(endpoint, bucket);
    urls.set(bucket, url);
    return url;
  };
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
  readonly counts?: RequestCounts | undefined;
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

/**
 * Signs and sends a call, and resolves with what `read` makes of the answer, whatever its status. Rejects with
 * a `StoreError` if no answer came.
 */
export type Exchange = <Result>(call: LeanCall, read: (answer: IncomingAnswer) => Result) => Promise<Result>;

function publish(begunAt: number, call: LeanCall, answer: IncomingAnswer | null): void {
  const { operation, method, bucket, key } = call;
  const { status = null, headers } = answer ?? {};
  const requestId = headers?.["x-amz-request-id"] ?? null;
  publishRequest(begunAt, { operation, method, bucket, key, status, requestId });
}

interface Exchanges {
  readonly exchange: Exchange;
  /** Closes every connection. */
  close(): void;
}

export function createExchange(options: LeanOptions): Exchanges {
  const { clock, accountHeaders = {} } = options;
  const endpoint = parseEndpoint(options.endpoint, options.pathStyle);
  const { protocol, port } = endpoint;
  const { send, close } = openPools(options.network ?? PLAIN_NETWORK, options.maxSockets);
  const sign = createSigner(options.region);
  const signingTime = createSigningTime();
  const urlOf = bucketUrls(endpoint);
  const requestOf = ({ operation, method, bucket, key, query, headers: given, body }: LeanCall, by: Credentials) => {
    const { host: hostname, folder } = urlOf(bucket);
    const path = folder + encodeKey(key) + (query === "" ? "" : `?${query}`);
    const headers: Record<string, string> = { ...given };
    for (const name in accountHeaders) headers[name] ??= accountHeaders[name] as string;
    headers.host = port === "" ? hostname : `${hostname}:${port}`;
    if (body === undefined) headers["x-amz-content-sha256"] = EMPTY_SHA256;
    else Object.assign(headers, bodyHeaders(body));
    headers["x-amz-date"] = signingTime(clock.now());
    if (by.sessionToken) headers["x-amz-security-token"] = by.sessionToken;
    headers.authorization = sign({ method, path, headers }, by);
    return { method, protocol, hostname, port, path, headers, body, limits: callLimits(operation) };
  };
  const exchange: Exchange = async (call, read) => {
    const begunAt = performance.now();
    let answer: IncomingAnswer;
    try {
      const request = requestOf(call, await options.credentials());
      options.counts?.add(call.operation);
      answer = new TextAnswer(await send(request));
      learnTime(answer, clock);
    } catch (thrown) {
      if (requests.hasSubscribers) publish(begunAt, call, null);
      throw socketError(call.operation, thrown);
    }
    if (requests.hasSubscribers) publish(begunAt, call, answer);
    return read(answer);
  };
  return { exchange, close };
}

function bodyHeaders(body: Uint8Array): Readonly<Record<string, string>> {
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { "x-amz-content-sha256": sha256, "content-length": String(body.length) };
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
export function readDocument<Result>(
  exchange: Exchange,
  { bucket, key, versionId }: ObjectInput,
  { operation, subResource, read, notUnderstood, whenEmpty }: SubresourceDocument<Result>,
): Promise<Result> {
  const query = objectQuery({ [subResource]: "", versionId });
  return exchange({ operation, method: "GET", bucket, key, query, headers: {} }, (answer) => {
    if (answer.status !== 200) throw answerError(operation, answer, parseXml(answer.body));
    if (whenEmpty !== undefined && isEmptyXml(answer.headers)) return whenEmpty;
    const result = read(answer.body);
    if (result !== undefined) return result;
    throw answerError(operation, answer, { Error: { Code: "IncompleteAnswer", Message: notUnderstood } });
  });
}

function isEmptyXml(headers: Readonly<Record<string, string>>): boolean {
  return headers["content-length"] === "0" && /^application\/xml\b/.test(headers["content-type"] ?? "");
}
