import { attempt } from "../attempt.js";
import { evidenceOf, failed, is, refusal } from "../finding.js";
import type { Experiment } from "./experiment.js";

/** What GetBucketEncryption answers where no default was set, as stores have it. */
export const UNSET_DEFAULTS: readonly string[] = ["not-found", "empty", "plaintext"];

export const defaultEncryption: Experiment = {
  topics: ["default-encryption"],
  run: async ({ store, bucket }) => {
    const answer = await attempt(store.getBucketEncryption({ bucket }));
    if (answer.kind === "accepted") {
      const [value = "empty"] = answer.value;
      return [is("default-encryption", value, "getBucketEncryption", `${answer.value.length} rule(s)`)];
    }
    const { error } = answer;
    if (error.kind === "not-implemented") return [refusal("default-encryption", error)];
    if (error.kind !== "not-found") return [failed("default-encryption", error)];
    const evidence = evidenceOf(error, "no default is set");
    return [{ topic: "default-encryption", kind: "is", value: "not-found", evidence }];
  },
};
