import { attempt } from "../attempt.js";
import { refusal, yes } from "../finding.js";
import { copyInParts } from "./copy-in-parts.js";
import type { Experiment } from "./experiment.js";

export const uploadPartCopy: Experiment = {
  topics: ["upload-part-copy"],
  run: async ({ store, put }) => {
    const copied = await attempt(copyInParts(store, await put("part-copy")));
    if (copied.kind === "refused") return [refusal("upload-part-copy", copied.error)];
    return [yes("upload-part-copy", "uploadPartCopy", "accepted")];
  },
};
