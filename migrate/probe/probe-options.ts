import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import type { RunOptions } from "../options/run-options.js";

type Where = Pick<
  RunOptions,
  | "provider"
  | "region"
  | "endpoint"
  | "pathStyle"
  | "credentials"
  | "profile"
  | "network"
  | "expectedBucketOwner"
  | "requesterPays"
  | "readsPerSecond"
  | "writesPerSecond"
>;

export interface ProbeOptions extends Where {
  /** `s3://BUCKET` or `s3://BUCKET/PREFIX`: the throw-away objects get keys that begin with the prefix. */
  readonly location: string;
  /** Stops before the next call, and deletes what was written. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, before the first object is written, where they all will be. */
  readonly onWriting?: ((location: string) => void) | undefined;
}

/** As for a run on that one location. Throws one `UsageError` with all problems. */
export function resolveProbeOptions(options: ProbeOptions): Promise<ResolvedOptions> {
  const { location, signal: _signal, onWriting: _onWriting, ...where } = options;
  return resolveOptions({ ...where, locations: [location] });
}
