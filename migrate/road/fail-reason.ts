import type { FailReason } from "../plan/reason.js";
import type { StoreError, StoreErrorKind } from "../store/store-error.js";

const REASONS: Readonly<Partial<Record<StoreErrorKind, FailReason>>> = {
  "access-denied": "access-denied",
  "invalid-credentials": "access-denied",
  "expired-credentials": "access-denied",
  "clock-skew": "access-denied",
  "no-credentials": "access-denied",
  throttled: "throttled",
  unreachable: "unreachable",
  tls: "unreachable",
  "wrong-scheme": "unreachable",
  proxy: "unreachable",
  "size-unknown": "size-unknown",
};

export function failReason(error: StoreError): FailReason {
  return REASONS[error.kind] ?? "store-error";
}
