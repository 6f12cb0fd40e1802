import { copyExperiment } from "./experiment.js";
import { tryCondition } from "./try-condition.js";

export const copySourceIfMatch = copyExperiment("copy-source-if-match", ({ store, put }, { headers }) =>
  tryCondition("copy-source-if-match", "copyObject", async (etagToSend) => {
    const sample = await put("copy-source-if-match");
    const condition = { "x-amz-copy-source-if-match": etagToSend(sample.etag) };
    return store.copyObject({ ...sample, headers: { ...headers, ...condition } });
  }),
);
