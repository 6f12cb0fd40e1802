import type { StrategyName } from "../model/strategy.js";
import type { Operation } from "../store/operations.js";
import type { StoreError } from "../store/store-error.js";
import type { Strategy } from "./strategies.js";

/** The call whose refusal says that a way of copying is closed. */
const CLOSED_BY: Readonly<Partial<Record<Operation, readonly StrategyName[]>>> = {
  copyObject: ["copy", "copy-replacing"],
  createMultipartUpload: ["copy-multipart"],
  uploadPartCopy: ["copy-multipart"],
  completeMultipartUpload: ["copy-multipart"],
  putObject: ["rewrite"],
};

/**
 * The ways that a refusal leaves open, where it is of the call as a whole: not implemented, too large for it, or a copy of an
 * object onto itself called illegal. `null` where it is of another kind, and nothing else should be tried. Pure.
 */
export function fallThrough({ kind, facts }: StoreError, others: readonly Strategy[]): readonly Strategy[] | null {
  if (kind === "illegal-self-copy") return others.filter(({ name }) => name !== "copy");
  const closed = kind === "not-implemented" || kind === "too-large" ? CLOSED_BY[facts.operation] : undefined;
  return closed === undefined ? null : others.filter(({ name }) => !closed.includes(name));
}
