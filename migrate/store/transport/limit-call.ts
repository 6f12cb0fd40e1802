import type { ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { limitAnswering } from "../lean/limit-answering.js";
import { limitConnecting } from "../lean/limit-connecting.js";
import { type CallLimits, CONNECT_TIMEOUT_MS } from "../timeouts.js";
import { stalled } from "./read-body.js";
import { transportError } from "./transport-error.js";

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
