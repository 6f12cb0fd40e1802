import type { Operation } from "./operations.js";

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
  | "not-implemented"
  | "archived"
  | "too-large"
  | "illegal-self-copy"
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
}

/** The one error that a store rejects with. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly facts: StoreErrorFacts;

  constructor(facts: StoreErrorFacts, cause?: unknown) {
    super(`${facts.operation}: ${facts.code}: ${facts.message}`, { cause });
    this.facts = facts;
  }

  get kind(): StoreErrorKind {
    return this.facts.kind;
  }
}
