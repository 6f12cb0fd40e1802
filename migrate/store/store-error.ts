import type { ObjectStore } from "./object-store.js";
import { interceptCalls, type Operation } from "./operations.js";
import { withoutSecrets } from "./wire.js";

export type StoreErrorKind =
  | "no-credentials"
  | "invalid-credentials"
  | "expired-credentials"
  | "clock-skew"
  | "access-denied"
  | "wrong-region"
  | "no-such-bucket"
  | "not-found"
  | "precondition-failed"
  | "out-of-range"
  | "conflict"
  | "throttled"
  | "server-error"
  | "unreachable"
  | "tls"
  | "wrong-scheme"
  | "proxy"
  | "not-implemented"
  | "archived"
  | "too-large"
  | "illegal-self-copy"
  | "listing-stuck"
  | "interrupted"
  | "size-unknown"
  | "bad-request"
  | "read-only"
  | "other";

export interface StoreErrorFacts {
  readonly kind: StoreErrorKind;
  readonly operation: Operation;
  /** HTTP status; `null` if no answer arrived. */
  readonly status: number | null;
  /** S3's error code or the socket's, unchanged. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  /** How long the store asked to wait before the next attempt, if it did. */
  readonly retryAfterMs?: number;
  /** The region of the bucket according to the store, if it names one. */
  readonly region?: string;
}

const MAX_CHARS = 1000;

/** Some stores repeat the headers of a request in their messages, so secrets are removed from every error. */
function safeFacts(facts: StoreErrorFacts): StoreErrorFacts {
  const { code, message, requestId } = facts;
  return { ...facts, code: safe(code), message: safe(message), requestId: requestId === null ? null : safe(requestId) };
}

function safe(text: string): string {
  const left = withoutSecrets(text);
  return left.length > MAX_CHARS ? `${left.slice(0, MAX_CHARS)}...` : left;
}

/** The only error class that a store rejects with. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly facts: StoreErrorFacts;

  constructor(given: StoreErrorFacts, cause?: unknown) {
    const facts = safeFacts(given);
    super(`${facts.operation}: ${facts.code}: ${facts.message}`, { cause });
    this.facts = facts;
  }

  get kind(): StoreErrorKind {
    return this.facts.kind;
  }
}

const KIND_BY_CODE: Readonly<Record<string, StoreErrorKind>> = {
  CredentialsProviderError: "no-credentials",
  InvalidAccessKeyId: "invalid-credentials",
  SignatureDoesNotMatch: "invalid-credentials",
  ExpiredToken: "expired-credentials",
  ExpiredTokenException: "expired-credentials",
  InvalidToken: "expired-credentials",
  TokenRefreshRequired: "expired-credentials",
  RequestTimeTooSkewed: "clock-skew",
  AccessDenied: "access-denied",
  AllAccessDisabled: "access-denied",
  AuthorizationHeaderMalformed: "wrong-region",
  PermanentRedirect: "wrong-region",
  IllegalLocationConstraintException: "wrong-region",
  NoSuchBucket: "no-such-bucket",
  NoSuchKey: "not-found",
  NoSuchVersion: "not-found",
  NoSuchUpload: "not-found",
  NotFound: "not-found",
  PreconditionFailed: "precondition-failed",
  InvalidRange: "out-of-range",
  ConditionalRequestConflict: "conflict",
  OperationAborted: "conflict",
  SlowDown: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  TooManyRequests: "throttled",
  RequestLimitExceeded: "throttled",
  ServiceUnavailable: "throttled",
  InternalError: "server-error",
  RequestTimeout: "unreachable",
  NotImplemented: "not-implemented",
  InvalidObjectState: "archived",
  EntityTooLarge: "too-large",
  HttpsExpected: "wrong-scheme",
  HttpExpected: "wrong-scheme",
  BadProxy: "proxy",
  ProxyRefused: "proxy",
  ProxyFailed: "unreachable",
};

const KIND_BY_STATUS: Readonly<Record<number, StoreErrorKind>> = {
  301: "wrong-region",
  307: "wrong-region",
  400: "bad-request",
  403: "access-denied",
  404: "not-found",
  409: "conflict",
  412: "precondition-failed",
  416: "out-of-range",
  429: "throttled",
  500: "server-error",
  501: "not-implemented",
  502: "server-error",
  503: "throttled",
  504: "server-error",
};

const TLS_CODE = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|HOSTNAME_MISMATCH)/;
const SOCKET_CODE = /^(E[A-Z]+|UND_ERR_.*|TimeoutError|NetworkingError)$/;
/** The one rejection of a copy whose code does not show that the size is the reason. */
const TOO_LARGE_MESSAGE = /maximum allowable size/i;

/** S3 uses the general code for invalid arguments if the range exceeds the source of a part. */
const OUT_OF_RANGE_MESSAGE = /range specified is not valid for source object/i;

/** This rejection has no code of its own either. */
const ILLEGAL_SELF_COPY_MESSAGE = /cop(y|ied) .*itself without chang/i;

/** Classifies an error by its S3 code, then its HTTP status, then the socket's code. */
export function classifyError(code: string, status: number | null, message: string): StoreErrorKind {
  if (TOO_LARGE_MESSAGE.test(message)) return "too-large";
  if (ILLEGAL_SELF_COPY_MESSAGE.test(message)) return "illegal-self-copy";
  if (OUT_OF_RANGE_MESSAGE.test(message)) return "out-of-range";
  const byCode = KIND_BY_CODE[code];
  if (byCode !== undefined) return byCode;
  if (status !== null && status >= 300) return KIND_BY_STATUS[status] ?? (status >= 500 ? "server-error" : "other");
  if (TLS_CODE.test(code)) return "tls";
  return SOCKET_CODE.test(code) ? "unreachable" : "other";
}

/** The store's time, from which this machine's clock may differ. */
export interface ServerClock {
  now(): Date;
  /** The time according to the store. Anything that is not a date is ignored. */
  set(time: string): void;
}

const WITH_RETRY_AFTER: ReadonlySet<number | null> = new Set([429, 503]);

/**
 * `Retry-After` in milliseconds; the header has seconds or a date (RFC 9110, 10.2.3). Empty if there is no
 * readable value.
 */
export function retryAfter(
  status: number | null,
  header: string | undefined,
  nowMs: number = Date.now(),
): { readonly retryAfterMs?: number } {
  if (header === undefined || !WITH_RETRY_AFTER.has(status)) return {};
  const waitMs = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? {} : { retryAfterMs: Math.max(0, waitMs) };
}

/**
 * Converts any other error of a call, such as one from parsing its answer, to a `StoreError`. This is the
 * only place that does.
 */
export function ownErrors(store: ObjectStore): ObjectStore {
  return interceptCalls(store, (operation, call) => {
    const refuse = (error: unknown): Promise<never> =>
      Promise.reject(error instanceof StoreError ? error : unreadableAnswer(operation, error));
    try {
      return call().catch(refuse);
    } catch (error) {
      return refuse(error);
    }
  });
}

/** Another attempt may succeed, for example if a proxy sent this answer. */
function unreadableAnswer(operation: Operation, thrown: unknown): StoreError {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new StoreError(
    {
      kind: "server-error",
      operation,
      status: null,
      code: "UnreadableAnswer",
      message: `the answer cannot be read (${name}: ${message})`,
      requestId: null,
    },
    thrown,
  );
}

/** The allowed form of a region name. The name comes from the server and may become part of a host name. */
const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * The region of a bucket according to a rejected request. A header names it, also for HEAD. If the request
 * was signed for another region, the error document names it too.
 */
export function namedRegion(
  kind: StoreErrorKind,
  headers: Readonly<Record<string, string>> | undefined,
  said: unknown,
): { readonly region?: string } {
  const region = [headers?.["x-amz-bucket-region"], kind === "wrong-region" ? said : undefined].find(isRegion);
  return region === undefined ? {} : { region };
}

function isRegion(name: unknown): name is string {
  return typeof name === "string" && REGION.test(name);
}

const NOTHING =
  /Could not load credentials from any providers|Could not resolve credentials using profile: \[default\]/;

/** Whether the SDK found no credentials and its message gives no helpful reason. */
export function saysNothing(words: string): boolean {
  return NOTHING.test(words);
}
