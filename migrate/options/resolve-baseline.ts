import type { BaselineOptions } from "../compare/baseline.js";
import type { Fields } from "./fields.js";

const DEFAULT_SAMPLE_PERCENT = 1;

/** The earlier run to go by; `null` where there is none. */
export function resolveBaseline(
  { baseline, baselineSample, baselineSeed }: Fields,
  problems: string[],
): BaselineOptions | null {
  if (baseline !== undefined) {
    return { path: baseline, samplePercent: baselineSample ?? DEFAULT_SAMPLE_PERCENT, seed: baselineSeed ?? null };
  }
  const alone = { "--baseline-sample": baselineSample, "--baseline-seed": baselineSeed };
  for (const [name, value] of Object.entries(alone)) {
    if (value !== undefined) problems.push(`${name} is of a baseline, and none is named: give --baseline RUN_FOLDER`);
  }
  return null;
}
