import type { ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { type Agents, createAgents, type Network, type Route, type Way } from "./agents.js";
import {
  limitCall,
  proxyRefusal,
  strangeAnswer,
  streamedBody,
  type TransportError,
  transportError,
  wholeBody,
} from "./answer.js";
import { type CallLimits, HEADER_BYTES } from "./request.js";

/** How long to wait for a server's 100 Continue; then the body is sent anyway. */
const CONTINUE_MS = 6_000;

export interface OutgoingRequest {
  readonly method: string;
  readonly protocol: "http:" | "https:";
  /** As in a URL: an IPv6 address may have brackets. */
  readonly hostname: string;
  /** Empty for the protocol's default. */
  readonly port: string;
  readonly path: string;
  /** As sent over the wire. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | Readable | undefined;
  readonly limits: CallLimits;
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose body is still unread. Read it with one of the two methods. */
export interface OpenedAnswer {
  readonly status: number;
  /** By lower-case name, values as received. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, within the limits of the call. */
  whole(): Promise<Buffer>;
  /** Chunk by chunk, at the reader's pace. */
  streamed(): AsyncGenerator<Uint8Array>;
}

export interface Transport {
  /** Rejects with an error that has a `code`, like those of sockets. */
  send(request: OutgoingRequest): Promise<OpenedAnswer>;
  /** Closes every connection, idle or not. */
  close(): void;
}

/** HTTP over kept-alive connections for both clients. Every call respects its limits, and settles. */
export function openTransport(network: Network, maxSockets: number): Transport {
  const agents = createAgents(network, maxSockets);
  return { send: (request) => send(agents, request), close: agents.close };
}

async function send(agents: Agents, request: OutgoingRequest): Promise<OpenedAnswer> {
  const { protocol, port, limits, signal } = request;
  signal?.throwIfAborted();
  // A server that rejects a body before it is sent may still wait for the body on that connection.
  const { expects, headers } = expectation(request.headers);
  const hostname = request.hostname.replaceAll(/[[\]]/g, "");
  const route = agents.route({ protocol, hostname, port }, !expects);
  const isPlain = protocol === "http:";
  const explain = explainer(isPlain, route);
  const outgoing = openRequest(route, { ...request, headers });
  limitCall(outgoing, request.body, limits);
  const onAbort = () => outgoing.destroy(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  outgoing.once("close", () => signal?.removeEventListener("abort", onAbort));
  try {
    const answering = firstAnswer(outgoing, route);
    sendBody(outgoing, request.body, expects);
    const answer = await answering;
    const refusal = refusalOf(answer, isPlain, route);
    if (refusal !== undefined) throw refusal;
    return openedAnswer(answer, limits, explain, isPlain);
  } catch (error) {
    outgoing.destroy();
    throw explain(error);
  }
}

/**
 * If a request expects 100-continue, Node encodes its headers as UTF-8, so bytes that are already UTF-8 would
 * be encoded twice. Such a request is sent without the expectation.
 */
function expectation(headers: OutgoingRequest["headers"]) {
  const { Expect, expect = Expect, ...others } = headers;
  const isPlainText = Object.values(others).every((value) => /^[ -~\t]*$/.test(value));
  const expects = expect === "100-continue" && isPlainText;
  return { expects, headers: expects ? headers : others };
}

/** Always settles: Node passes some answers to other events, or to none. */
function firstAnswer(outgoing: ClientRequest, { proxy }: Route): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.on("upgrade", ({ statusCode }, socket) => {
      socket.destroy();
      reject(strangeAnswer(statusCode));
    });
    outgoing.on("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
      if (statusCode !== 200) outgoing.destroy(proxyRefusal(statusCode, proxy ?? ""));
    });
    outgoing.on("close", () => reject(transportError("ECONNRESET", "the connection was closed before an answer came")));
  });
}

function openRequest(route: Route, { method, path, headers, limits }: OutgoingRequest): ClientRequest {
  const { client, agent, protocol, hostname, port, pathPrefix, trust } = route;
  return client.request({
    method,
    agent,
    protocol,
    host: hostname,
    port,
    path: pathPrefix + path,
    headers: { ...headers, ...route.headers },
    timeout: limits.answerMs,
    maxHeaderSize: HEADER_BYTES,
    ...trust,
  });
}

function sendBody(outgoing: ClientRequest, body: OutgoingRequest["body"], expects: boolean): void {
  const write = () => {
    if (body instanceof Readable) {
      body.pipe(outgoing);
      return;
    }
    // If the body is passed to `end`, Node writes Content-Disposition in another encoding than all other
    // headers.
    if (body !== undefined && body.length > 0) outgoing.write(body);
    outgoing.end();
  };
  if (!expects) {
    write();
    return;
  }
  let timer: NodeJS.Timeout | undefined = setTimeout(go, CONTINUE_MS);
  function go() {
    stop();
    write();
  }
  function stop() {
    clearTimeout(timer);
    timer = undefined;
    outgoing.off("continue", go);
  }
  outgoing.once("continue", go).once("response", stop).once("close", stop);
}

function openedAnswer(answer: IncomingMessage, limits: CallLimits, explain: Explain, isPlain: boolean): OpenedAnswer {
  const status = answer.statusCode ?? 0;
  return {
    status,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
    streamed: () => streamedBody(answer, limits.progress),
    whole: async () => {
      const body = await wholeBody(answer, limits.bodyBytes).catch((error: unknown) => {
        throw explain(error);
      });
      const problem = isPlain && status === 400 ? plainToTls(body.toString("latin1")) : undefined;
      if (problem !== undefined) throw problem;
      return body;
    },
  };
}

/** Detects an answer that did not come from the store. */
export function refusalOf(
  { statusCode = 0, headers }: Pick<IncomingMessage, "statusCode" | "headers">,
  isPlain: boolean,
  { proxy }: Way,
): TransportError | undefined {
  if (statusCode < 200) return strangeAnswer(statusCode);
  if (proxy !== null && statusCode === 407) return proxyRefusal(statusCode, proxy);
  return isPlain ? redirectToHttps(statusCode, headers.location) : undefined;
}

type Explain = (error: unknown) => unknown;

/** Rewords the messages of Node and OpenSSL for the person who chose the endpoint. */
export function explainer(isPlain: boolean, { proxy }: Way): Explain {
  return (error) => {
    const { code = "", message } = error as TransportError;
    const byScheme = brokenByScheme(isPlain, error as TransportError);
    if (byScheme !== undefined) return byScheme;
    if (code === "HPE_HEADER_OVERFLOW") {
      const words = `the headers of the answer are larger than ${HEADER_BYTES / 1024} KiB, more than S3 sends`;
      return transportError("AnswerTooLarge", words, error);
    }
    if (code.startsWith("HPE_")) return transportError("NotHttp", "the answer is not HTTP", error);
    const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1];
    if (reason !== undefined) return transportError("EPROTO", `the TLS handshake failed: ${reason}`, error);
    return proxy === null || code === ""
      ? error
      : transportError(code, `${message} (through the proxy ${proxy})`, error);
  };
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** The wording of nginx, Apache, Go and HAProxy. */
const NEEDS_TLS =
  /plain HTTP request was sent to HTTPS|speaking plain HTTP to an SSL|sent an HTTP request to an HTTPS server/i;
/** A TLS record other than a handshake: its type, followed by version 3.x. */
const TLS_ALERT = 0x15;
const NO_TLS = /wrong version number|packet length too long|http request|record layer failure/i;

const WORDS = {
  redirects: "it redirects to https",
  needsTls: "it accepts TLS only",
  noTls: "it does not speak TLS",
} as const;

function httpsExpected(words: string, cause?: unknown): TransportError {
  return transportError("HttpsExpected", words, cause);
}

/** A redirect of a plain-text request to https. All other redirects of a store are ordinary answers. */
function redirectToHttps(status: number, location: string | undefined): TransportError | undefined {
  const leadsToHttps = REDIRECTS.has(status) && location !== undefined && /^https:/i.test(location);
  return leadsToHttps ? httpsExpected(WORDS.redirects) : undefined;
}

/** Detects a server's plain-text message to a client that did not use TLS. */
export function plainToTls(body: string): TransportError | undefined {
  return NEEDS_TLS.test(body) ? httpsExpected(WORDS.needsTls) : undefined;
}

interface Thrown {
  readonly code?: string;
  readonly message: string;
  /** The bytes that could not be parsed as HTTP. */
  readonly rawPacket?: Uint8Array;
}

/** The scheme problem that a broken connection reveals, if any. */
function brokenByScheme(isPlain: boolean, thrown: Thrown): TransportError | undefined {
  const { code = "", message, rawPacket } = thrown;
  if (isPlain) {
    const isAlert = code.startsWith("HPE_") && rawPacket?.[0] === TLS_ALERT && rawPacket[1] === 0x03;
    return isAlert ? httpsExpected(WORDS.needsTls, thrown) : undefined;
  }
  const isTls = code === "EPROTO" || code.startsWith("ERR_SSL");
  return isTls && NO_TLS.test(message) ? transportError("HttpExpected", WORDS.noTls, thrown) : undefined;
}
