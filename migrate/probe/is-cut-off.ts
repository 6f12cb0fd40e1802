import type { StoreError, StoreErrorKind } from "../store/store-error.js";

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
