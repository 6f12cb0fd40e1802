import { attempt } from "../attempt.js";
import { is, refusal } from "../finding.js";
import type { Experiment } from "./experiment.js";

const VALUES = { Enabled: "enabled", Suspended: "suspended" } as const;

export const versioning: Experiment = {
  topics: ["versioning"],
  run: async ({ store, bucket }) => {
    const answer = await attempt(store.getBucketVersioning({ bucket }));
    if (answer.kind === "refused") return [refusal("versioning", answer.error)];
    const value = answer.value === null ? "never" : VALUES[answer.value];
    return [is("versioning", value, "getBucketVersioning", `the bucket says ${answer.value ?? "nothing"}`)];
  },
};
