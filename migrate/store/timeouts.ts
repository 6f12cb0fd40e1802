import type { Operation } from "./operations.js";

export const CONNECT_TIMEOUT_MS = 10_000;
export const ANSWER_TIMEOUT_MS = 60_000;
/** What copies or carries whole objects answers only when that is done, which for a large one takes minutes. */
export const SLOW_ANSWER_TIMEOUT_MS = 300_000;

const SLOW: ReadonlySet<Operation> = new Set([
  "copyObject",
  "uploadPartCopy",
  "completeMultipartUpload",
  "getObject",
  "openObject",
  "putObject",
]);

/** How long a connection may be silent, and an answer may take to begin. */
export function answerTimeoutMs(operation: Operation): number {
  return SLOW.has(operation) ? SLOW_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
}
