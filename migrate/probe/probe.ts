import { connect } from "../run/connect.js";
import { meetBuckets } from "../run/meet-buckets.js";
import { documentedAnswer } from "./documented.js";
import { probeBucket } from "./probe-bucket.js";
import { type ProbeOptions, resolveProbeOptions } from "./probe-options.js";
import type { ProbeResult } from "./words.js";

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
    } = await meetBuckets(resolved, connection);
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
