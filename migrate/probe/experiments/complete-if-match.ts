import { notObservable } from "../finding.js";
import { copyInParts } from "./copy-in-parts.js";
import type { Experiment } from "./experiment.js";
import { tryCondition } from "./try-condition.js";

const TOPIC = "complete-if-match";

export const completeIfMatch: Experiment = {
  topics: [TOPIC],
  run: async ({ store, put, found }) => {
    if (found.get("upload-part-copy")?.kind !== "yes") return [notObservable(TOPIC, "part-copy-refused")];
    const finding = await tryCondition(TOPIC, "completeMultipartUpload", async (etagToSend) => {
      const sample = await put("complete-if-match");
      const { bucket, key, etag } = sample;
      const copied = await copyInParts(store, sample);
      return store.completeMultipartUpload({ bucket, key, ...copied, headers: { "if-match": etagToSend(etag) } });
    });
    return [finding];
  },
};
