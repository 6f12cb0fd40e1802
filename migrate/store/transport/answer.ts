import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { XMLParser } from "fast-xml-parser";
import type { Operation } from "../operations.js";
import { classifyError, namedRegion, retryAfter, StoreError } from "../store-error.js";
import { type CallLimits, CONNECT_TIMEOUT_MS, ERROR_BYTES } from "./request.js";

export interface WholeAnswer {
  readonly status: number;
  /** By lower-case name, as text. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

export interface IncomingAnswer extends WholeAnswer {
  /** The body as text. */
  readonly body: string;
}

/** Decodes the body only if it is read. */
export class TextAnswer implements IncomingAnswer {
  readonly status: number;
  readonly headers: WholeAnswer["headers"];
  readonly bytes: Buffer;

  constructor({ status, headers, bytes }: WholeAnswer) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  get body(): string {
    return this.bytes.toString();
  }
}

const plainParser = new XMLParser({ parseTagValue: false, ignoreAttributes: true });

type XmlDocument = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** Returns an empty document if the answer is not XML. */
export function parseXml(body: string, parser: XMLParser = plainParser): XmlDocument {
  try {
    return parser.parse(body) as XmlDocument;
  } catch {
    return {};
  }
}

export function answerError(operation: Operation, answer: IncomingAnswer, document: XmlDocument): StoreError {
  const code = String(document.Error?.Code ?? `HTTP ${answer.status}`);
  const message = String(document.Error?.Message ?? "the answer contains no message");
  // An error document with status 200 means that the store started the work and then failed. It may succeed
  // later.
  const status = answer.status === 200 ? 500 : answer.status;
  const kind = classifyError(code, status, message);
  const requestId = answer.headers["x-amz-request-id"] ?? null;
  const asked = retryAfter(answer.status, answer.headers["retry-after"]);
  return new StoreError({
    kind,
    operation,
    status: answer.status,
    code,
    message,
    requestId,
    ...asked,
    ...namedRegion(kind, answer.headers, document.Error?.Region),
  });
}

export function socketError(operation: Operation, thrown: unknown): StoreError {
  const error = thrown as Error & { code?: string };
  const code = error.code ?? error.name;
  const kind = classifyError(code, null, error.message);
  return new StoreError(
    { kind, operation, status: null, code, message: error.message || code, requestId: null },
    thrown,
  );
}

/**
 * Destroys a request if its answer does not begin in time, however slowly its headers trickle in, or if its
 * connection is silent for the duration of its `timeout` option. Waiting for a free connection does not
 * count.
 */
function limitAnswering(outgoing: ClientRequest, limitMs: number): void {
  let answer: IncomingMessage | undefined;
  let timer: NodeJS.Timeout | undefined;
  // If the answer is already being read, destroying the request would only report a broken connection.
  const giveUp = () => (answer ?? outgoing).destroy(timedOut(`no answer for ${limitMs / 1000} s`));
  const stop = () => clearTimeout(timer);
  const start = () => {
    timer = setTimeout(giveUp, limitMs);
  };
  if (outgoing.socket) start();
  else outgoing.once("socket", start);
  outgoing.once("response", (incoming) => {
    answer = incoming;
    stop();
  });
  outgoing.once("timeout", giveUp).once("close", stop);
}

/**
 * Destroys a socket that does not connect in time. Otherwise a host that drops packets would be waited for as
 * long as a large copy.
 */
export function limitConnecting(socket: Socket, limitMs: number): void {
  if (!socket.connecting) return;
  const giveUp = () => socket.destroy(timedOut(`no connection within ${limitMs / 1000} s`));
  const timer = setTimeout(giveUp, limitMs);
  const connected = () => clearTimeout(timer);
  socket.once("connect", connected).once("close", connected);
}

/** An error with the same code as the socket's own timeout. */
function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: "ETIMEDOUT" });
}

/** Aborts a request that takes too long to connect, to be answered or to finish. */
export function limitCall(outgoing: ClientRequest, body: unknown, limits: CallLimits): void {
  outgoing.on("socket", (socket) => limitConnecting(socket, CONNECT_TIMEOUT_MS));
  if (body instanceof Readable) {
    limitUpload(outgoing, limits);
    return;
  }
  limitAnswering(outgoing, limits.answerMs);
  if (!limits.isStreamed) limitWhole(outgoing, limits.callMs);
}

/** Measured from the connection to the last byte of the answer. */
function limitWhole(outgoing: ClientRequest, callMs: number): void {
  let answer: IncomingMessage | undefined;
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () =>
    (answer ?? outgoing).destroy(transportError("ETIMEDOUT", `not finished within ${callMs / 1000} s`));
  outgoing.once("socket", () => {
    timer = setTimeout(giveUp, callMs);
  });
  outgoing.once("response", (incoming) => {
    answer = incoming;
  });
  outgoing.once("close", () => clearTimeout(timer));
}

/**
 * A streamed body may take any time as long as it makes progress. Once it is sent, the answer has its usual
 * time limit.
 */
function limitUpload(
  outgoing: ClientRequest,
  { answerMs, progress: { windowMs, bytes: leastBytes } }: CallLimits,
): void {
  let sent = 0;
  const moving = setInterval(() => {
    const bytes = outgoing.socket?.bytesWritten ?? 0;
    // A source without data is not the store's fault, and has its own limit.
    if (outgoing.writableNeedDrain && bytes - sent < leastBytes) outgoing.destroy(stalled(leastBytes, windowMs));
    sent = bytes;
  }, windowMs);
  const stop = () => clearInterval(moving);
  outgoing.once("finish", () => {
    stop();
    limitAnswering(outgoing, answerMs);
  });
  outgoing.once("response", stop).once("close", stop);
}

const KIB = 1024;

/**
 * Streams a body. While the reader waits for it, the body must make progress; the reader's own time does not
 * count.
 */
export async function* streamedBody(
  answer: IncomingMessage,
  { windowMs, bytes: leastBytes }: CallLimits["progress"],
): AsyncGenerator<Uint8Array> {
  const chunks = answer[Symbol.asyncIterator]();
  let waitedMs = 0;
  let bytes = 0;
  const giveUp = () => answer.destroy(stalled(leastBytes, windowMs));
  try {
    for (;;) {
      const since = performance.now();
      const timer = setTimeout(giveUp, windowMs - waitedMs);
      const { done, value } = await chunks.next().finally(() => clearTimeout(timer));
      if (done) return;
      const chunk = value as Uint8Array;
      waitedMs += performance.now() - since;
      bytes += chunk.length;
      if (bytes >= leastBytes) [waitedMs, bytes] = [0, 0];
      yield chunk;
    }
  } finally {
    answer.destroy();
  }
}

function stalled(leastBytes: number, windowMs: number) {
  return transportError("ETIMEDOUT", `fewer than ${leastBytes / KIB} KiB within ${windowMs / 1000} s`);
}

/**
 * Reads a whole body. It reads only the beginning of an error body, which contains the code. A result that is
 * too large is rejected.
 */
export async function wholeBody(answer: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const isError = (answer.statusCode ?? 0) >= 300;
  const most = isError ? ERROR_BYTES : mostBytes;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= most) continue;
    // Leaving the loop closes the connection.
    if (isError) break;
    throw tooLarge(mostBytes);
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** An error on the way to an answer, with a code like those of sockets. */
export interface TransportError extends Error {
  readonly code: string;
}

export function transportError(code: string, message: string, cause?: unknown): TransportError {
  return Object.assign(new Error(message, { cause }), { code });
}

export function tooLarge(mostBytes: number): TransportError {
  const words = `the answer is larger than ${mostBytes / KIB / KIB} MiB, more than S3 sends here`;
  return transportError("AnswerTooLarge", words);
}

export function connectedTooLate(cause?: unknown): TransportError {
  return transportError("ETIMEDOUT", `no connection within ${CONNECT_TIMEOUT_MS / 1000} s`, cause);
}

export function closedEarly(cause?: unknown): TransportError {
  return transportError("ECONNRESET", "the connection was closed before an answer came", cause);
}

export function strangeAnswer(status: number | undefined): TransportError {
  return transportError("StrangeAnswer", `unexpected answer HTTP ${status}: is it an S3 endpoint?`);
}

const PROXY_REFUSES: ReadonlySet<number> = new Set([403, 407]);

export function proxyRefusal(status: number, proxy: string): TransportError {
  const refuses = PROXY_REFUSES.has(status);
  return transportError(refuses ? "ProxyRefused" : "ProxyFailed", `the proxy ${proxy} answers HTTP ${status}`);
}

interface UndiciError extends Error {
  readonly code?: string;
  /** The bytes that could not be parsed as HTTP. */
  readonly data?: string;
}

/** Gives an error of undici the code that node:http gives it. */
export function likeOfSockets(error: UndiciError): Error {
  const { name, code = "", message, data = "" } = error;
  // Such an error has no code of its own.
  if (name === "HTTPParserError") {
    if (message.includes("EOF state")) return closedEarly(error);
    return Object.assign(transportError("HPE_INVALID", message, error), { rawPacket: Buffer.from(data, "latin1") });
  }
  switch (code) {
    case "UND_ERR_SOCKET":
      return message === "bad upgrade" ? strangeAnswer(101) : closedEarly(error);
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
    case "UND_ERR_DESTROYED":
      return closedEarly(error);
    case "UND_ERR_CONNECT_TIMEOUT":
      return connectedTooLate(error);
    case "UND_ERR_HEADERS_OVERFLOW":
      return transportError("HPE_HEADER_OVERFLOW", message, error);
    case "UND_ERR_INVALID_ARG":
    case "UND_ERR_NOT_SUPPORTED":
      return transportError("ERR_INVALID_CHAR", message, error);
    default:
      return error;
  }
}
