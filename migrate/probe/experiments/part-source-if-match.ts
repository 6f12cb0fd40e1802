import { notObservable } from "../finding.js";
import { copyInParts } from "./copy-in-parts.js";
import type { Experiment } from "./experiment.js";
import { tryCondition } from "./try-condition.js";

const TOPIC = "part-copy-source-if-match";

export const partSourceIfMatch: Experiment = {
  topics: [TOPIC],
  run: async ({ store, put, found }) => {
    if (found.get("upload-part-copy")?.kind !== "yes") return [notObservable(TOPIC, "part-copy-refused")];
    const finding = await tryCondition(TOPIC, "uploadPartCopy", async (etagToSend) => {
      const sample = await put("part-source-if-match");
      return copyInParts(store, sample, {}, { "x-amz-copy-source-if-match": etagToSend(sample.etag) });
    });
    return [finding];
  },
};
