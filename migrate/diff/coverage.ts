import type { RunRecord } from "../journal/run-record.js";
import { indexScopes } from "../model/scope.js";
import type { ScopeTotals, Summary } from "../report/summary.js";

/** Whether a run would have come to an object: only then does its silence say that there was none. */
export interface Coverage {
  objects(bucket: string, key: string): boolean;
  versions(bucket: string, key: string): boolean;
}

/** Of a run that left nothing out and came to its end, scope by scope. Pure. */
export function coverageOf(run: RunRecord, summary: Summary): Coverage {
  const isWhole = run.keyManifest === undefined;
  const covered = (isCovered: (scope: ScopeTotals) => boolean) => {
    const scopes = isWhole ? summary.scopes.filter(isCovered) : [];
    const index = indexScopes(scopes, () => true);
    return (bucket: string, key: string) => index.owner(bucket, key) === true;
  };
  const isNeverVersioned = (bucket: string) =>
    run.buckets.find((found) => found.bucket === bucket)?.versioning === "never";
  return {
    objects: covered(({ closes, filteredOut }) => closes && filteredOut === 0),
    versions: covered(({ bucket, noncurrent }) => {
      if (noncurrent === undefined) return isNeverVersioned(bucket);
      return noncurrent.closes && noncurrent.filteredOut === 0;
    }),
  };
}
