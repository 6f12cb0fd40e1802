import type { ResolvedOptions } from "../options/resolve-options.js";
import { documentedCapabilities } from "../plan/capabilities.js";
import { connect } from "../run/connect.js";
import { meetBuckets } from "../run/meet-buckets.js";
import type { Leftover } from "./clean-up.js";
import { documentedAnswer } from "./documented.js";
import { READING, WRITING } from "./experiments/experiments.js";
import { TOPICS } from "./finding.js";
import { type MayWrite, mayWrite, type Obstacle, tryWriting } from "./may-write.js";
import { missingRightsOf } from "./missing-rights.js";
import { type ProbeOptions, resolveProbeOptions } from "./probe-options.js";
import type { ProbeResult } from "./probe-result.js";
import { openSession, type ProbeSession } from "./probe-session.js";
import { probedCapabilities } from "./probed-capabilities.js";
import { note, runExperiments, unreached } from "./run-experiments.js";

/**
 * Finds out what the store of one bucket can do, from throw-away objects that it deletes again whatever happens. A bucket
 * that would lock them is only read.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is done
 * @throws RunError when the bucket cannot be read at all
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const resolved = await resolveProbeOptions(options);
  const { signal } = options;
  // The clean-up has to go on after the signal, so the connection does not know of it.
  const connection = connect({ ...resolved, readOnly: false, signal: undefined, onEvent: () => undefined });
  try {
    const [scope] = await meetBuckets(resolved, connection);
    if (scope === undefined) throw new Error("one location resolves to one scope");
    const session = openSession({ ...scope, store: connection.canaryStore, provider: resolved.provider, signal });
    await runExperiments(READING, session);
    const written = await write(await mayWrite(session), session, options);
    return toResult(session, resolved, { ...written, interrupted: signal?.aborted === true });
  } finally {
    connection.close();
  }
}

interface Written {
  readonly obstacle: Obstacle | null;
  readonly leftovers: readonly Leftover[];
}

async function write(may: MayWrite, session: ProbeSession, { onWriting }: ProbeOptions): Promise<Written> {
  if (may.kind === "may-not") return { obstacle: leaveOut(session, may.obstacle), leftovers: [] };
  onWriting?.(`s3://${session.bucket}/${session.folder}`);
  let obstacle: Obstacle | null = null;
  let leftovers: readonly Leftover[] = [];
  try {
    obstacle = await tryWriting(session, may.listing);
    if (obstacle === null) await runExperiments(WRITING, session);
    else leaveOut(session, obstacle);
  } finally {
    leftovers = await session.cleanUp(may.listing);
  }
  return { obstacle, leftovers };
}

function leaveOut(session: ProbeSession, obstacle: Obstacle): Obstacle {
  for (const { topics } of WRITING) note(session, unreached(topics, obstacle.because));
  return obstacle;
}

function toResult(
  { found, bucket, folder, provider }: ProbeSession,
  { endpoint, region }: ResolvedOptions,
  { obstacle, leftovers, interrupted }: Written & { readonly interrupted: boolean },
): ProbeResult {
  const findings = TOPICS.map((topic) => found.get(topic)).filter((finding) => finding !== undefined);
  return {
    bucket,
    folder,
    provider: provider.id,
    endpoint,
    region,
    probedAt: new Date().toISOString(),
    end: interrupted ? "interrupted" : "completed",
    obstacle,
    findings: findings.map((finding) => ({ ...finding, documented: documentedAnswer(finding.topic, provider) })),
    missingRights: missingRightsOf(findings, obstacle, leftovers),
    leftovers,
    capabilities: probedCapabilities(findings, documentedCapabilities(provider)),
  };
}
