import type { Operation } from "./operations.js";
import { withoutSecrets } from "./secrets.js";

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
  /** HTTP status; `null` where no answer came. */
  readonly status: number | null;
  /** S3's error code or the socket's, in its own words. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  /** How long the store asked to wait before the next attempt, where it did. */
  readonly retryAfterMs?: number;
  /** In which region the store says that the bucket is, where it does. */
  readonly region?: string;
}

const MOST_CHARS = 1000;

/** Some stores repeat the headers of a request in what they say: none of its secrets gets into an error. */
function safeFacts(facts: StoreErrorFacts): StoreErrorFacts {
  const { code, message, requestId } = facts;
  return { ...facts, code: safe(code), message: safe(message), requestId: requestId === null ? null : safe(requestId) };
}

function safe(text: string): string {
  const left = withoutSecrets(text);
  return left.length > MOST_CHARS ? `${left.slice(0, MOST_CHARS)}...` : left;
}

/** The one error that a store rejects with. */
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
