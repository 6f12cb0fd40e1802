import { copyExperiment } from "./experiment.js";
import { reportsSse } from "./reports-sse.js";

export const headSseAfterCopy = copyExperiment("head-sse-after-copy", async ({ store, put }, { headers }) => {
  const sample = await put("head-after-copy");
  await store.copyObject({ ...sample, headers });
  return reportsSse("head-sse-after-copy", store, sample);
});
