import { copyExperiment } from "./experiment.js";
import { tryCondition } from "./try-condition.js";

export const copyIfMatch = copyExperiment("copy-if-match", ({ store, put }, { headers }) =>
  tryCondition("copy-if-match", "copyObject", async (etagToSend) => {
    const sample = await put("copy-if-match");
    return store.copyObject({ ...sample, headers: { ...headers, "if-match": etagToSend(sample.etag) } });
  }),
);
