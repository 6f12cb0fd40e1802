import type { Operation } from "./operations.js";

const MIB = 1024 * 1024;

export const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** What copies or carries whole objects answers only when that is done, which for a large one takes minutes. */
export const SLOW_ANSWER_TIMEOUT_MS = 300_000;
/** A whole call: an answer that trickles in a byte at a time is given up all the same. */
const CALL_TIMEOUT_MS = 2 * ANSWER_TIMEOUT_MS;
/** Stores send blanks while they copy, so the answer to a copy begins long before it ends. */
const SLOW_CALL_TIMEOUT_MS = 3 * SLOW_ANSWER_TIMEOUT_MS;

const LISTING_BYTES = 16 * MIB;
const DOCUMENT_BYTES = MIB;
/** Objects of up to 8 MiB are read whole; nobody asks for a larger one so. */
const WHOLE_OBJECT_BYTES = 16 * MIB;
/** Of an error, the beginning: the status counts, however much is said of it. */
export const ERROR_BYTES = 64 * 1024;
export const HEADER_BYTES = 64 * 1024;
/** About 1 KiB/s: a streamed body has no deadline, for an object may be large, and has to move instead. */
export const PROGRESS = { windowMs: 60_000, bytes: 64 * 1024 };

const SLOW: ReadonlySet<Operation> = new Set([
  "copyObject",
  "uploadPartCopy",
  "completeMultipartUpload",
  "getObject",
  "openObject",
  "putObject",
]);

const LISTINGS: ReadonlySet<Operation> = new Set([
  "listBuckets",
  "listObjects",
  "listObjectVersions",
  "listVersions",
  "listMultipartUploads",
  "listOpenUploads",
  "listParts",
]);

/** The calls whose answer is handed on as it comes. */
const STREAMED: ReadonlySet<Operation> = new Set(["openObject", "getFirstByte"]);

/** How long a connection may be silent, and an answer may take to begin. */
export function answerTimeoutMs(operation: Operation): number {
  return SLOW.has(operation) ? SLOW_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
}

export interface CallLimits {
  /** How long the answer may take to begin, and the connection may then be silent. */
  readonly answerMs: number;
  /** How long all of it may take; a streamed body has to keep to `progress` instead. */
  readonly callMs: number;
  /** Largest body of an answer that is no error. */
  readonly bodyBytes: number;
  /** The body is handed on as it comes. */
  readonly isStreamed: boolean;
  readonly progress: typeof PROGRESS;
}

/** What one call may cost, for both clients alike; where no operation is named it is a call for credentials. */
export function callLimits(operation: Operation | undefined): CallLimits {
  const isSlow = operation !== undefined && SLOW.has(operation);
  return {
    answerMs: operation === undefined ? ANSWER_TIMEOUT_MS : answerTimeoutMs(operation),
    callMs: isSlow ? SLOW_CALL_TIMEOUT_MS : CALL_TIMEOUT_MS,
    bodyBytes: bodyBytes(operation),
    isStreamed: operation !== undefined && STREAMED.has(operation),
    progress: PROGRESS,
  };
}

function bodyBytes(operation: Operation | undefined): number {
  if (operation === "getObject") return WHOLE_OBJECT_BYTES;
  return operation !== undefined && LISTINGS.has(operation) ? LISTING_BYTES : DOCUMENT_BYTES;
}
