import type { CopyStyle } from "../copy-style.js";
import { type Finding, notObservable, type Topic } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";

/** One question, or several that the same calls answer. A `StoreError` that it throws makes each of them `failed`. */
export interface Experiment {
  readonly topics: readonly Topic[];
  run(session: ProbeSession): Promise<readonly Finding[]>;
}

export type AcceptedCopy = Exclude<CopyStyle, { kind: "refused" }>;

/** An experiment that needs a copy that works: without one there is nothing to observe. */
export function copyExperiment(
  topic: Topic,
  run: (session: ProbeSession, copy: AcceptedCopy) => Promise<Finding>,
): Experiment {
  return {
    topics: [topic],
    run: async (session) => {
      const style = await session.copyStyle();
      return [style.kind === "refused" ? notObservable(topic, "copy-refused") : await run(session, style)];
    },
  };
}
