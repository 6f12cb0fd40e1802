import type { OutcomeRecord } from "../journal/record.js";
import type { VersionRecord } from "../journal/version-record.js";
import { BaselineContradicted } from "./baseline-contradicted.js";
import type { BaselineEntry } from "./baseline-entry.js";
import { compareSample } from "./compare-sample.js";

/** The record of a sampled object, with the line that it agreed with. Throws a BaselineContradicted where it did not. */
export function settleSample<R extends OutcomeRecord | VersionRecord>(entry: BaselineEntry, record: R): R {
  const result = compareSample(entry, record);
  if (result.kind === "contradicts") throw new BaselineContradicted(result.contradiction);
  return result.kind === "agrees" ? { ...record, baseline: { ...entry.line, use: "sampled" } } : record;
}
