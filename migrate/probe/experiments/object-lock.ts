import { attempt } from "../attempt.js";
import { evidenceOf, failed, is, refusal } from "../finding.js";
import { LOCKS_BY_DEFAULT } from "../lock-words.js";
import type { Experiment } from "./experiment.js";

export const objectLock: Experiment = {
  topics: ["object-lock"],
  run: async ({ store, bucket }) => {
    const answer = await attempt(store.getObjectLockConfiguration({ bucket }));
    if (answer.kind === "accepted") {
      const { enabled, locksByDefault } = answer.value;
      const value = locksByDefault ? LOCKS_BY_DEFAULT : enabled ? "on" : "off";
      const detail = locksByDefault ? "there is a default retention" : "there is no default retention";
      return [is("object-lock", value, "getObjectLockConfiguration", detail)];
    }
    const { error } = answer;
    if (error.kind === "not-implemented") return [refusal("object-lock", error)];
    if (error.kind !== "not-found") return [failed("object-lock", error)];
    return [{ topic: "object-lock", kind: "is", value: "off", evidence: evidenceOf(error, "none is configured") }];
  },
};
