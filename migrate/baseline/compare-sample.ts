import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { Contradiction } from "../journal/run-record.js";
import type { BaselineEntry } from "./baseline-entry.js";
import { isNamedVersion, isSameSecond } from "./same-object.js";

export type SampleResult =
  | { readonly kind: "agrees" }
  /** Written or deleted between the listing and the look: it says nothing of the baseline. */
  | { readonly kind: "changed" }
  | { readonly kind: "unread" }
  | { readonly kind: "contradicts"; readonly contradiction: Contradiction };

/** What the look at a sampled object says of the baseline, whose line its listing agreed with. Pure. */
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
