import { attempt } from "../attempt.js";
import { SSE_HEADER } from "../copy-style.js";
import { notObservable, refusal, yes } from "../finding.js";
import type { Experiment } from "./experiment.js";
import { reportsSse } from "./reports-sse.js";

export const putWithSse: Experiment = {
  topics: ["put-with-sse", "head-sse-after-put"],
  run: async (session) => {
    const put = await attempt(session.put("with-sse", SSE_HEADER));
    if (put.kind === "refused") {
      return [refusal("put-with-sse", put.error), notObservable("head-sse-after-put", "sse-refused")];
    }
    const seen = await reportsSse("head-sse-after-put", session.store, put.value);
    return [yes("put-with-sse", "putObject", "accepted"), seen];
  },
};
