import type { OnEvent } from "../journal/events.js";
import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import type { RunOptions } from "../options/run-options.js";
import { documentedAnswer } from "../probe/documented.js";
import { probeBucket } from "../probe/probe-bucket.js";
import type { ProbeResult } from "../probe/words.js";
import { checkAccess } from "./check-access.js";

/**
 * Determines the capabilities of one bucket's store with test objects, which it always deletes again. If a
 * bucket would lock them, it is only read.
 *
 * @throws UsageError if options cannot be used: all of them together, before anything is done
 * @throws RunError if the bucket cannot be read at all
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const resolved = await resolveProbeOptions(options);
  const { provider, endpoint, region } = resolved;
  const { connect } = await import("./connect.js");
  // The clean-up must continue after the signal, so the connection does not get it.
  const connection = connect({ ...resolved, readOnly: false, signal: undefined, onEvent: () => undefined });
  try {
    const {
      scopes: [scope],
    } = await checkAccess(resolved, connection, { onEvent: options.onEvent });
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
  /** `s3://BUCKET` or `s3://BUCKET/PREFIX`: the prefix becomes the key prefix of the test objects. */
  readonly location: string;
  /** Stops before the next call, and deletes the test objects. */
  readonly signal?: AbortSignal | undefined;
  /** Called once before the first object is written, with the location of all test objects. */
  readonly onWriting?: ((location: string) => void) | undefined;
  /** Called with `connected` before the first request. */
  readonly onEvent?: OnEvent | undefined;
}

/** Resolves the options as for a run on that one location. Throws one `UsageError` with all problems. */
function resolveProbeOptions(options: ProbeOptions): Promise<ResolvedOptions> {
  const { location, signal: _signal, onWriting: _onWriting, onEvent: _onEvent, ...where } = options;
  return resolveOptions({ ...where, locations: [location] });
}
