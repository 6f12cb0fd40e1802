import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { XMLParser } from "fast-xml-parser";
import type { Operation } from "../operations.js";
import { namedRegion } from "../regional-store.js";
import { classifyError, retryAfter, StoreError } from "../store-error.js";

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** The body as text. */
  readonly body: string;
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
  const message = String(document.Error?.Message ?? "the answer says no more");
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
export function limitAnswering(outgoing: ClientRequest, limitMs: number): void {
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
