import type { Operation } from "../operations.js";

const MIB = 1024 * 1024;

export const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** Calls that copy or carry whole objects answer only when they are done, which takes minutes for a large one. */
export const SLOW_ANSWER_TIMEOUT_MS = 300_000;
/** Limit for a whole call, so that an answer that trickles in byte by byte is given up too. */
const CALL_TIMEOUT_MS = 2 * ANSWER_TIMEOUT_MS;
/** Stores send blanks while they copy, so the answer to a copy begins long before it ends. */
const SLOW_CALL_TIMEOUT_MS = 3 * SLOW_ANSWER_TIMEOUT_MS;

const LISTING_BYTES = 16 * MIB;
const DOCUMENT_BYTES = MIB;
/** Only objects of up to 8 MiB are read whole. */
const WHOLE_OBJECT_BYTES = 16 * MIB;
/** Error bodies are truncated here: the status is enough, however long the body is. */
export const ERROR_BYTES = 64 * 1024;
export const HEADER_BYTES = 64 * 1024;
/** About 1 KiB/s. A streamed body has no deadline, because an object may be large: it must make progress instead. */
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

/** The calls whose body is streamed to the caller. */
const STREAMED: ReadonlySet<Operation> = new Set(["openObject", "getFirstByte"]);

/** How long a connection may be silent, and how long an answer may take to begin. */
export function answerTimeoutMs(operation: Operation): number {
  return SLOW.has(operation) ? SLOW_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
}

export interface CallLimits {
  /** How long the answer may take to begin, and how long the connection may then be silent. */
  readonly answerMs: number;
  /** How long the whole call may take. Streamed bodies follow `progress` instead. */
  readonly callMs: number;
  /** Largest body of an answer that is not an error. */
  readonly bodyBytes: number;
  /** The body is streamed to the caller. */
  readonly isStreamed: boolean;
  readonly progress: typeof PROGRESS;
}

const LIMITS = new Map<Operation | undefined, CallLimits>();

/** The limits of one call, for both clients alike. Without an operation, the call is one for credentials. */
export function callLimits(operation: Operation | undefined): CallLimits {
  const limits = LIMITS.get(operation) ?? limitsOf(operation);
  LIMITS.set(operation, limits);
  return limits;
}

function limitsOf(operation: Operation | undefined): CallLimits {
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

/** A request whose body and answer are held in memory. */
export interface WholeRequest {
  readonly method: "GET" | "HEAD" | "PUT";
  readonly protocol: "http:" | "https:";
  /** As in a URL: an IPv6 address may have brackets. */
  readonly hostname: string;
  /** Empty for the protocol's default. */
  readonly port: string;
  readonly path: string;
  /** As text. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly limits: CallLimits;
}

/** The requests that were sent, retries included, by S3 operation. */
export class RequestCounts {
  readonly #sent = new Map<string, number>();
  /** False if some were sent by a process that ended before it reported them. */
  isWhole = true;

  /** Called for each request, so it leaves the first letter as the client writes it. */
  add(operation: string, times = 1): void {
    this.#sent.set(operation, (this.#sent.get(operation) ?? 0) + times);
  }

  all(): Record<string, number> {
    const sums = new Map<string, number>();
    for (const [operation, times] of this.#sent) {
      const name = operation.charAt(0).toUpperCase() + operation.slice(1);
      sums.set(name, (sums.get(name) ?? 0) + times);
    }
    return Object.fromEntries([...sums].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** Those since the last call. */
  take(): Record<string, number> {
    const taken = this.all();
    this.#sent.clear();
    return taken;
  }
}
