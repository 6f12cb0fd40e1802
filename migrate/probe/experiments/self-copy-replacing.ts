import { attempt } from "../attempt.js";
import { REPLACING } from "../copy-style.js";
import { refusal, yes } from "../finding.js";
import type { Experiment } from "./experiment.js";

/** The way out where a self copy is called illegal. */
export const selfCopyReplacing: Experiment = {
  topics: ["self-copy-replacing"],
  run: async ({ store, put }) => {
    const copied = await attempt(store.copyObject({ ...(await put("replacing")), headers: REPLACING }));
    if (copied.kind === "refused") return [refusal("self-copy-replacing", copied.error)];
    return [yes("self-copy-replacing", "copyObject", "accepted")];
  },
};
