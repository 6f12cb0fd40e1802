import type { BucketTarget } from "../../providers/index.js";
import type { Fields } from "./fields.js";

const PICKED_BY = ["region", "endpoint"] as const;

/** The targets of one place: where they are in several, those of the region or endpoint that was given. */
export function targetsInPlace(
  targets: readonly BucketTarget[],
  known: Fields,
  problems: string[],
): readonly BucketTarget[] {
  let left = targets;
  for (const name of PICKED_BY) {
    const wanted = known[name];
    const found = [...new Set(left.map((target) => target[name]))];
    if (wanted === undefined || found.length < 2) continue;
    left = left.filter((target) => target[name] === wanted);
    if (left.length === 0)
      problems.push(`--${name}: "${wanted}" has none of the targets: give one of ${found.join(", ")}`);
  }
  return left;
}
