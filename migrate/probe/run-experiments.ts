import { StoreError } from "../store/store-error.js";
import type { Experiment } from "./experiments/experiment.js";
import { type Finding, failed, type NotObservable, notObservable, type Topic } from "./finding.js";
import { Interrupted, type ProbeSession } from "./probe-session.js";

/** Runs experiments one after the other and notes what they find; an error is a finding. */
export async function runExperiments(experiments: readonly Experiment[], session: ProbeSession): Promise<void> {
  let stopped: NotObservable | null = null;
  for (const { topics, run } of experiments) {
    if (stopped !== null) {
      note(session, unreached(topics, stopped));
      continue;
    }
    try {
      note(session, await run(session));
    } catch (error) {
      stopped = whyStop(error, session);
      note(
        session,
        error instanceof StoreError ? topics.map((topic) => failed(topic, error)) : unreached(topics, stopped),
      );
    }
  }
}

/** The same findings for all of them, where none can be run. */
export function unreached(topics: readonly Topic[], because: NotObservable | null): Finding[] {
  return topics.map((topic) => notObservable(topic, because ?? "interrupted"));
}

export function note({ found }: ProbeSession, findings: readonly Finding[]): void {
  for (const finding of findings) found.set(finding.topic, finding);
}

function whyStop(error: unknown, { cutOffBy }: ProbeSession): NotObservable | null {
  if (error instanceof Interrupted) return "interrupted";
  if (!(error instanceof StoreError)) throw error;
  return cutOffBy() === error ? "out-of-reach" : null;
}
