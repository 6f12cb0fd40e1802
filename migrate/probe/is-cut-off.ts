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

export function isCutOff({ kind }: StoreError): boolean {
  return ENDS_THE_PROBE.has(kind);
}
