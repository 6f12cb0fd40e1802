import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import type { RunOptions } from "../options/run-options.js";
import { documentedAnswer } from "../probe/documented.js";
import { probeBucket } from "../probe/probe-bucket.js";
import type { ProbeResult } from "../probe/words.js";
import { checkAccess } from "./check-access.js";
import { connect } from "./connect.js";

/**
 * Finds out what the store of one bucket can do, from throw-away objects that it deletes again whatever happens. A bucket
 * that would lock them is only read.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is done
 * @throws RunError when the bucket cannot be read at all
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const resolved = await resolveProbeOptions(options);
  const { provider, endpoint, region } = resolved;
  // The clean-up has to go on after the signal, so the connection does not know of it.
  const connection = connect({ ...resolved, readOnly: false, signal: undefined, onEvent: () => undefined });
  try {
    const {
      scopes: [scope],
    } = await checkAccess(resolved, connection);
    if (scope === undefined) throw new Error("one location resolves to one scope");
    const { bucket } = scope;
    const { cutOffBy: _cutOffBy, ...probed } = await probeBucket(
      { ...scope, provider },
      {
        store: connection.canaryStore,
        signal: options.signal,
        onWriting: (folder) => options.onWriting?.(`s3://${bucket}/${folder}`),
      },
    );
    const findings = probed.findings.map((finding) => ({
      ...finding,
      documented: documentedAnswer(finding.topic, provider),
    }));
    return { bucket, provider: provider.id, endpoint, region, ...probed, findings };
  } finally {
    connection.close();
  }
}

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
function resolveProbeOptions(options: ProbeOptions): Promise<ResolvedOptions> {
  const { location, signal: _signal, onWriting: _onWriting, ...where } = options;
  return resolveOptions({ ...where, locations: [location] });
}
