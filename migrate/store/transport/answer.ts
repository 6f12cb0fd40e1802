import type { ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { limitAnswering, limitConnecting } from "../lean/send-request.js";
import { type CallLimits, CONNECT_TIMEOUT_MS, ERROR_BYTES } from "../timeouts.js";

/** Gives a request up that takes too long to be connected, to be answered, or to come to its end. */
export function limitCall(outgoing: ClientRequest, body: unknown, limits: CallLimits): void {
  outgoing.on("socket", (socket) => limitConnecting(socket, CONNECT_TIMEOUT_MS));
  if (body instanceof Readable) {
    limitUpload(outgoing, limits);
    return;
  }
  limitAnswering(outgoing, limits.answerMs);
  if (!limits.isStreamed) limitWhole(outgoing, limits.callMs);
}

/** From the moment that it has a connection until the last byte of its answer. */
function limitWhole(outgoing: ClientRequest, callMs: number): void {
  let answer: IncomingMessage | undefined;
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => (answer ?? outgoing).destroy(transportError("ETIMEDOUT", `not done within ${callMs / 1000} s`));
  outgoing.once("socket", () => {
    timer = setTimeout(giveUp, callMs);
  });
  outgoing.once("response", (incoming) => {
    answer = incoming;
  });
  outgoing.once("close", () => clearTimeout(timer));
}

/** However long a streamed body takes to go out: it has to move, and once it is out the answer has its usual time. */
function limitUpload(
  outgoing: ClientRequest,
  { answerMs, progress: { windowMs, bytes: leastBytes } }: CallLimits,
): void {
  let sent = 0;
  const moving = setInterval(() => {
    const bytes = outgoing.socket?.bytesWritten ?? 0;
    // A source that has nothing to give is not the store's fault, and has its own limit.
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

/** A body that is handed on as it comes. While it is waited for it has to move on; how long its reader takes does not count. */
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

/** All of a body. Of an error only its beginning, which is where the code stands; a result that is too large is none. */
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
    throw transportError(
      "AnswerTooLarge",
      `the answer is larger than ${mostBytes / KIB / KIB} MiB, which no such answer is`,
    );
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** What went wrong between this machine and an answer, with a code as sockets have one. */
export interface TransportError extends Error {
  readonly code: string;
}

export function transportError(code: string, message: string, cause?: unknown): TransportError {
  return Object.assign(new Error(message, { cause }), { code });
}
