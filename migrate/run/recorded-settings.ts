import type { ResolvedOptions } from "../options/resolve-options.js";

/** What a run goes by, defaults filled in, for whoever reads its record: no secrets, and nothing of this machine. */
export function recordedSettings(options: ResolvedOptions): Record<string, unknown> {
  const { filters, policy, concurrency, readsPerSecond, writesPerSecond, pathStyle, versions, noncurrent } = options;
  const { target, ...copying } = policy;
  return {
    ...filters,
    modifiedBefore: filters.modifiedBefore?.toISOString() ?? null,
    modifiedAfter: filters.modifiedAfter?.toISOString() ?? null,
    to: target.kind,
    ...copying,
    noncurrent,
    versions,
    setDefault: options.setDefault,
    canary: options.canary,
    assumeDocumented: options.assumeDocumented,
    concurrency,
    readsPerSecond,
    writesPerSecond,
    pathStyle,
  };
}
