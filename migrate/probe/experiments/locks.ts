import type { ObjectInput } from "../../store/object-store.js";
import { type Answer, notObservable, refusal, yes } from "../answer.js";
import { tryCall } from "../calls.js";
import { copyExperiment, type Experiment, type ProbeSession } from "../probe-session.js";
import { hasNoLock } from "./bucket.js";

const QUESTIONS = [
  ["read-retention", "getObjectRetention"],
  ["read-legal-hold", "getObjectLegalHold"],
] as const;

type Question = (typeof QUESTIONS)[number];

/** Uses a key without an object: callers with the permission get "not found". */
export const readLocksOfNothing: readonly Experiment[] = QUESTIONS.map((question) =>
  experiment(question, async ({ bucket, folder }) => ({ bucket, key: `${folder}absent` })),
);

/**
 * Uses an existing object: some stores report a missing key only to callers who may list the whole bucket.
 */
const readLocks: readonly Experiment[] = QUESTIONS.map((question) =>
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
    run: async (session): Promise<Answer[]> => {
      if (await hasNoLock(session)) return [notObservable(topic, "no-lock")];
      // Without this permission, HEAD silently omits the lock, and a copy would lose it. Any answer except a
      // denial passes.
      await tryCall(session.store[operation](await objectOf(session)));
      return [yes(topic, operation, "not refused")];
    },
  };
}

/** Removes a retention that was never set, so nothing gets locked. */
const writeRetention: Experiment = {
  topics: ["write-retention"],
  run: async (session) => {
    if (await hasNoLock(session)) return [notObservable("write-retention", "no-lock")];
    const { bucket, key } = await session.put("retention");
    const cleared = await tryCall(session.store.putObjectRetention({ bucket, key, retention: null }));
    if (cleared.kind === "refused") return [refusal("write-retention", cleared.error)];
    return [yes("write-retention", "putObjectRetention", "accepted")];
  },
};

/**
 * Sends a legal hold with status OFF, as the copy of a held object sends one with ON. Nothing gets locked.
 */
const writeLegalHold = copyExperiment("write-legal-hold", async (session, { headers }) => {
  if (await hasNoLock(session)) return notObservable("write-legal-hold", "no-lock");
  const off = { ...headers, "x-amz-object-lock-legal-hold": "OFF" };
  const copied = await tryCall(session.store.copyObject({ ...(await session.put("legal-hold")), headers: off }));
  if (copied.kind === "refused") return refusal("write-legal-hold", copied.error);
  return yes("write-legal-hold", "copyObject", "accepted, off");
});

export const LOCKS: readonly Experiment[] = [...readLocks, writeRetention, writeLegalHold];
