import { attempt } from "../attempt.js";
import { notObservable, refusal, yes } from "../finding.js";
import { copyExperiment, type Experiment } from "./experiment.js";
import { hasNoLock } from "./has-no-lock.js";

/** Lifts a retention that the object does not have: what can be tried locks nothing. */
export const writeRetention: Experiment = {
  topics: ["write-retention"],
  run: async (session) => {
    if (hasNoLock(session)) return [notObservable("write-retention", "no-lock")];
    const { bucket, key } = await session.put("retention");
    const cleared = await attempt(session.store.putObjectRetention({ bucket, key, retention: null }));
    if (cleared.kind === "refused") return [refusal("write-retention", cleared.error)];
    return [yes("write-retention", "putObjectRetention", "accepted")];
  },
};

/** Sends a hold that is off with a copy, as the copy of an object that is held sends one that is on. */
export const writeLegalHold = copyExperiment("write-legal-hold", async (session, { headers }) => {
  if (hasNoLock(session)) return notObservable("write-legal-hold", "no-lock");
  const off = { ...headers, "x-amz-object-lock-legal-hold": "OFF" };
  const copied = await attempt(session.store.copyObject({ ...(await session.put("legal-hold")), headers: off }));
  if (copied.kind === "refused") return refusal("write-legal-hold", copied.error);
  return yes("write-legal-hold", "copyObject", "accepted, off");
});
