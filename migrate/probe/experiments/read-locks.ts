import type { ObjectInput } from "../../store/object-store.js";
import { attempt } from "../attempt.js";
import { type Finding, notObservable, yes } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import type { Experiment } from "./experiment.js";
import { hasNoLock } from "./has-no-lock.js";

const QUESTIONS = [
  ["read-retention", "getObjectRetention"],
  ["read-legal-hold", "getObjectLegalHold"],
] as const;

type Question = (typeof QUESTIONS)[number];

/** Of a key that no object has: who may read is told that it is not there. */
export const readLocksOfNothing: readonly Experiment[] = QUESTIONS.map((question) =>
  experiment(question, async ({ bucket, folder }) => ({ bucket, key: `${folder}absent` })),
);

/** Of an object that is there: some stores tell nobody of a key that is not, unless they may list the whole bucket. */
export const readLocks: readonly Experiment[] = QUESTIONS.map((question) =>
  experiment(question, async ({ put }) => {
    const { bucket, key } = await put("locks");
    return { bucket, key };
  }),
);

function experiment(
  [topic, operation]: Question,
  objectOf: (session: ProbeSession) => Promise<ObjectInput>,
): Experiment {
  return {
    topics: [topic],
    run: async (session): Promise<Finding[]> => {
      if (hasNoLock(session)) return [notObservable(topic, "no-lock")];
      // Without the right HEAD leaves the lock out and says nothing, and a copy would drop it. Any answer but that will do.
      await attempt(session.store[operation](await objectOf(session)));
      return [yes(topic, operation, "not refused")];
    },
  };
}
