import { StoreError, type StoreErrorKind } from "../store/store-error.js";

export type Attempt<T> =
  | { readonly kind: "accepted"; readonly value: T }
  | { readonly kind: "refused"; readonly error: StoreError };

/** What a store answers because of what it can do; anything else says nothing of that. */
const ANSWERS: ReadonlySet<StoreErrorKind> = new Set([
  "precondition-failed",
  "out-of-range",
  "not-implemented",
  "bad-request",
  "not-found",
  "too-large",
  "illegal-self-copy",
]);

/** A call whose refusal is an answer too. Rights, networks and outages are none: those errors are thrown. */
export async function attempt<T>(call: Promise<T>): Promise<Attempt<T>> {
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

/** What the next call would meet as well. */
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

/** A signature that is refused after others were accepted is of that request alone: of a header that the store reads otherwise. */
export function isCutOff({ kind, facts }: StoreError, wasAccepted: boolean): boolean {
  return ENDS_THE_PROBE.has(kind) && !(wasAccepted && facts.code === "SignatureDoesNotMatch");
}
