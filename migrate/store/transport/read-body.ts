import type { IncomingMessage } from "node:http";
import { type CallLimits, ERROR_BYTES } from "../timeouts.js";
import { transportError } from "./transport-error.js";

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

export function stalled(leastBytes: number, windowMs: number) {
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
