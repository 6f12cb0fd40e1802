import type { BucketTarget } from "../../providers/index.js";
import type { Scope } from "../model/scope.js";
import type { Fields } from "./fields.js";
import { overlapProblems, parseLocation } from "./parse-location.js";

/** The parts of buckets that a run covers; none where it covers every bucket. */
export function resolveScopes(
  { locations, allBuckets, targets }: Fields,
  declared: readonly BucketTarget[],
  problems: string[],
): Scope[] {
  const parsed = locations.map(parseLocation);
  problems.push(...parsed.flatMap((location) => (location.kind === "bad" ? location.problem : [])));
  const scopes = parsed.flatMap((location) => (location.kind === "scope" ? location.scope : []));
  const named = [...scopes, ...declared.map(({ bucket }) => ({ bucket, prefix: "" }))];
  const none = locations.length === 0 && targets === undefined && !allBuckets;
  if (none) problems.push("no bucket is named: give s3://BUCKET, --targets FILE or --all-buckets");
  if (allBuckets && named.length > 0) problems.push("--all-buckets covers every bucket: leave out the others");
  problems.push(...overlapProblems(named));
  return named;
}
