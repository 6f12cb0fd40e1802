import { StoreError, type StoreErrorKind } from "../store/store-error.js";

export type CallResult<T> =
  | { readonly kind: "accepted"; readonly value: T }
  | { readonly kind: "refused"; readonly error: StoreError };

/** Errors that reveal a capability of the store. All others reveal nothing about it. */
const ANSWERS: ReadonlySet<StoreErrorKind> = new Set([
  "precondition-failed",
  "out-of-range",
  "not-implemented",
  "bad-request",
  "not-found",
  "too-large",
  "illegal-self-copy",
]);

/**
 * Makes a call whose rejection is a result too. Errors about permissions, networks and outages are not
 * results, and are thrown.
 */
export async function tryCall<T>(call: Promise<T>): Promise<CallResult<T>> {
  try {
    return { kind: "accepted", value: await call };
  } catch (error) {
    if (error instanceof StoreError && isAnswer(error)) return { kind: "refused", error };
    throw error;
  }
}

function isAnswer({ kind, facts }: StoreError): boolean {
  return ANSWERS.has(kind) || (kind === "other" && facts.status !== null && facts.status >= 300);
}

/** The next call would fail in the same way. */
const ENDS_THE_PROBE: ReadonlySet<StoreErrorKind> = new Set([
  "no-credentials",
  "invalid-credentials",
  "expired-credentials",
  "clock-skew",
  "wrong-region",
  "no-such-bucket",
  "unreachable",
  "tls",
  "wrong-scheme",
  "proxy",
]);

/**
 * If a signature is rejected after others were accepted, only this request is affected: the store reads one
 * of its headers differently.
 */
export function isCutOff({ kind, facts }: StoreError, wasAccepted: boolean): boolean {
  return ENDS_THE_PROBE.has(kind) && !(wasAccepted && facts.code === "SignatureDoesNotMatch");
}
