import { attempt } from "../attempt.js";
import { failed, is, refusal } from "../finding.js";
import type { Experiment } from "./experiment.js";

const VALUES = { Enabled: "enabled", Suspended: "suspended" } as const;

export const versioning: Experiment = {
  topics: ["versioning"],
  run: async ({ store, bucket }) => {
    const answer = await attempt(store.getBucketVersioning({ bucket }));
    if (answer.kind === "refused") {
      // Only this says that there are no versions; any other refusal may have another cause.
      return [(answer.error.kind === "not-implemented" ? refusal : failed)("versioning", answer.error)];
    }
    const value = answer.value === null ? "never" : VALUES[answer.value];
    return [is("versioning", value, "getBucketVersioning", `the bucket says ${answer.value ?? "nothing"}`)];
  },
};
