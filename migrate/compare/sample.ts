import type { Contradiction } from "../journal/input-records.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { type BaselineEntry, isNamedVersion, isSameSecond, stillDiffers } from "./baseline-entry.js";

/**
 * The record of a sampled object, with the baseline line that it matches. Throws a BaselineContradicted if it
 * contradicts the line.
 */
export function settleSample<R extends OutcomeRecord | VersionRecord>(entry: BaselineEntry, record: R): R {
  const result = compareSample(entry, record);
  if (result.kind === "contradicts") throw new BaselineContradicted(result.contradiction);
  if (result.kind !== "agrees") return record.kind === "outcome" ? { ...record, readBecause: "sampled" } : record;
  const differing = record.kind === "outcome" ? stillDiffers(entry) : null;
  return { ...record, ...differing, baseline: { ...entry.line, use: "sampled" } };
}

type SampleResult =
  | { readonly kind: "agrees" }
  /** Written or deleted between the listing and the look, which proves nothing about the baseline. */
  | { readonly kind: "changed" }
  | { readonly kind: "unread" }
  | { readonly kind: "contradicts"; readonly contradiction: Contradiction };

/** Compares the look at a sampled object with the baseline, whose line matched its listing entry. Pure. */
export function compareSample({ seen }: BaselineEntry, record: OutcomeRecord | VersionRecord): SampleResult {
  const { bucket, key, before: now, at, outcome } = record;
  if (outcome.kind === "vanished") return { kind: "changed" };
  if (outcome.kind === "failed") return { kind: "unread" };
  const otherVersion =
    isNamedVersion(seen.versionId) && isNamedVersion(now.versionId) && seen.versionId !== now.versionId;
  if (otherVersion || !isSameSecond(seen.lastModified, now.lastModified)) return { kind: "changed" };
  const differences = [
    ...differenceOf("encryption", seen.state, now.state),
    ...differenceOf("ETag", seen.etag, now.etag),
    ...differenceOf("size", seen.sizeBytes, now.sizeBytes),
  ];
  if (differences.length === 0) return { kind: "agrees" };
  const detail = `${differences.join("; ")}; its date is the same`;
  return {
    kind: "contradicts",
    contradiction: { bucket, key, versionId: now.versionId, said: seen.state, found: now.state, detail, at },
  };
}

function differenceOf(name: string, said: string | number | null, found: string | number | null): string[] {
  return said === found ? [] : [`${name} was ${said}, and is ${found}`];
}

/**
 * A sampled object matches the baseline by its listing entry, but not by its HEAD, so nothing in the baseline
 * is reliable.
 */
export class BaselineContradicted extends Error {
  override readonly name = "BaselineContradicted";
  readonly contradiction: Contradiction;

  constructor(contradiction: Contradiction) {
    super(`the baseline is contradicted: ${contradiction.detail}`);
    this.contradiction = contradiction;
  }
}
