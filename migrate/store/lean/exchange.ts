import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { RequestHeaders } from "../object-store.js";
import type { Operation } from "../operations.js";
import type { Credentials } from "../sdk/open-client.js";
import type { ServerClock } from "../store-error.js";
import { type Network, PLAIN_NETWORK } from "../transport/agents.js";
import { type IncomingAnswer, parseXml, socketError } from "../transport/answer.js";
import { type OutgoingRequest, openTransport, signRequest } from "../transport/transport.js";
import { callLimits, encodeKey, readWireHeaders, writeWireHeaders } from "../wire.js";

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
  return present.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
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
  readonly method: OutgoingRequest["method"];
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
  const endpoint = parseEndpoint(options.endpoint, options.pathStyle);
  const { send, close } = openTransport(options.network ?? PLAIN_NETWORK, options.maxSockets);
  const exchange: Exchange = async ({ operation, method, bucket, key, query, headers, body }) => {
    const { host, path } = objectUrl(endpoint, bucket, key);
    const request = {
      service: "s3",
      region: options.region,
      method,
      host,
      path: query ? `${path}?${query}` : path,
      headers: {
        ...options.accountHeaders,
        ...headers,
        host: endpoint.port ? `${host}:${endpoint.port}` : host,
        ...contentHeaders(body),
        "x-amz-date": signingTime(clock.now()),
      },
    };
    try {
      const sent = writeWireHeaders(signRequest(request, await options.credentials()));
      const { protocol, port } = endpoint;
      const to = { method, protocol, hostname: host, port, path: request.path, headers: sent, body };
      const { status, headers: received, whole } = await send({ ...to, limits: callLimits(operation) });
      const bytes = await whole();
      const answer = { status, headers: readWireHeaders(received), bytes, body: bytes.toString() };
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

/** For example `20261123T101500Z`. */
function signingTime(time: Date): string {
  return time.toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
}

/**
 * If an answer rejects the request time, sets the clock from it, so the next request is signed with the
 * store's time. The SDK does the same.
 */
function learnTime({ status, headers, body }: IncomingAnswer, clock: ServerClock): void {
  if (status !== 403) return;
  const { Error: refusal } = parseXml(body);
  if (refusal?.Code === "RequestTimeTooSkewed") clock.set(String(refusal.ServerTime ?? headers.date));
}
