import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { BaselineContradicted } from "./baseline-contradicted.js";
import type { BaselineEntry } from "./baseline-entry.js";
import { compareSample } from "./compare-sample.js";
import { stillDiffers } from "./record-from-baseline.js";

/** The record of a sampled object, with the line that it agreed with. Throws a BaselineContradicted where it did not. */
export function settleSample<R extends OutcomeRecord | VersionRecord>(entry: BaselineEntry, record: R): R {
  const result = compareSample(entry, record);
  if (result.kind === "contradicts") throw new BaselineContradicted(result.contradiction);
  if (result.kind !== "agrees") return record;
  const differing = record.kind === "outcome" ? stillDiffers(entry) : null;
  return { ...record, ...differing, baseline: { ...entry.line, use: "sampled" } };
}
