import { StoreError, type StoreErrorKind } from "../store/store-error.js";

const ENDS_THE_RUN: ReadonlySet<StoreErrorKind> = new Set([
  "no-such-bucket",
  "no-credentials",
  "invalid-credentials",
  "expired-credentials",
  "clock-skew",
  "wrong-region",
  "unreachable",
  "tls",
  "wrong-scheme",
  "proxy",
  "listing-stuck",
  "interrupted",
]);

/** A setting that cannot be read is a finding, and no reason not to look at the objects. */
export function unreadable(error: unknown): "unreadable" {
  if (!(error instanceof StoreError) || ENDS_THE_RUN.has(error.kind)) throw error;
  return "unreadable";
}

/** What a refusal says of a setting that no copy depends on: it never ends a run. */
export function refusalOfSetting(error: unknown): "absent" | "unsupported" | "unreadable" {
  if (!(error instanceof StoreError)) throw error;
  if (error.kind === "not-found") return "absent";
  return error.kind === "not-implemented" ? "unsupported" : "unreadable";
}
