import type { Finding, Topic } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import type { Experiment } from "./experiment.js";
import { tryCondition } from "./try-condition.js";

export const putIfMatch: Experiment = {
  topics: ["put-if-match-quoted", "put-if-match-bare"],
  run: async (session) => [
    await inForm(session, "put-if-match-quoted", "quoted"),
    await inForm(session, "put-if-match-bare", "bare"),
  ],
};

function inForm({ store, put }: ProbeSession, topic: Topic, form: "quoted" | "bare"): Promise<Finding> {
  const call = async (etagToSend: (right: string) => string) => {
    const { bucket, key, body, etag } = await put("put-if-match");
    return store.putObject({ bucket, key, body, headers: { "if-match": etagToSend(etag) } });
  };
  return tryCondition(topic, "putObject", call, [form]);
}
