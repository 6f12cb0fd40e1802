import { copyExperiment } from "./experiment.js";
import { tryCondition } from "./try-condition.js";

/**
 * From another key, whose ETag is another: some servers compare the condition with the source, and of a copy of an object
 * onto itself that looks the same. What guards nothing refuses the ETag of the destination here.
 */
export const copyIfMatch = copyExperiment("copy-if-match", ({ store, put }, { headers }) =>
  tryCondition("copy-if-match", "copyObject", async (etagToSend) => {
    const { key: sourceKey } = await put("copy-if-match-source");
    const { bucket, key, etag } = await put("copy-if-match");
    return store.copyObject({ bucket, key, sourceKey, headers: { ...headers, "if-match": etagToSend(etag) } });
  }),
);
