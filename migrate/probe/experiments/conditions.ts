import { allEnded, type Operation } from "../../store/operations.js";
import { type Answer, no, notObservable, refusal, type Topic, yes } from "../answer.js";
import { type CallResult, tryCall } from "../calls.js";
import { copyExperiment, type Experiment, type ProbeSession } from "../probe-session.js";
import { copiesParts, copyInParts } from "./part-copies.js";

/** An ETag that no object has. */
const WRONG_ETAG = "00000000000000000000000000000bad";

/** Makes the call with the returned ETag, each time on a new object. `right` is the object's ETag. */
type ConditionalCall = (etagToSend: (right: string) => string) => Promise<unknown>;

const quoted = (etag: string) => `"${etag}"`;
const bare = (etag: string) => etag;

/**
 * Checks whether a condition is honoured. A wrong ETag must give 412, and the right one must pass in at least
 * one form:
 *
 * | wrong ETag | right ETag | answer |
 * |---|---|---|
 * | accepted | - | no: ignored |
 * | 412 | accepted | yes |
 * | 412 | refused | no |
 * | refused otherwise | - | no |
 */
async function tryCondition(
  topic: Topic,
  operation: Operation,
  call: ConditionalCall,
  forms: readonly ("quoted" | "bare")[] = ["quoted", "bare"],
): Promise<Answer> {
  const send = { quoted, bare };
  const [first = "quoted", ...others] = forms;
  const wrong = tryCall(call(() => send[first](WRONG_ETAG)));
  const right = tryCall(call(send[first]));
  await Promise.allSettled([wrong, right]);
  const refused = await wrong;
  if (refused.kind === "accepted") return no(topic, operation, "a wrong ETag was accepted");
  if (refused.error.kind !== "precondition-failed") return refusal(topic, refused.error, "not 412 for a wrong ETag");
  let form = first;
  let tried: CallResult<unknown> = await right;
  for (const other of others) {
    if (tried.kind === "accepted") break;
    form = other;
    tried = await tryCall(call(send[form]));
  }
  if (tried.kind === "refused") return refusal(topic, tried.error, "the right ETag is refused too");
  return yes(topic, operation, `wrong ETag 412, right one accepted (${form})`);
}

/**
 * Copies from another key with another ETag. Some servers compare the condition with the source, which a
 * self-copy would not reveal. Such a server rejects the destination's ETag here.
 */
const copyIfMatch = copyExperiment("copy-if-match", ({ store, put }, { headers }) =>
  tryCondition("copy-if-match", "copyObject", async (etagToSend) => {
    const [{ key: sourceKey }, { bucket, key, etag }] = await allEnded([
      put("copy-if-match-source"),
      put("copy-if-match"),
    ]);
    return store.copyObject({ bucket, key, sourceKey, headers: { ...headers, "if-match": etagToSend(etag) } });
  }),
);

const copySourceIfMatch = copyExperiment("copy-source-if-match", ({ store, put }, { headers }) =>
  tryCondition("copy-source-if-match", "copyObject", async (etagToSend) => {
    const sample = await put("copy-source-if-match");
    const condition = { "x-amz-copy-source-if-match": etagToSend(sample.etag) };
    return store.copyObject({ ...sample, headers: { ...headers, ...condition } });
  }),
);

const putIfMatch: Experiment = {
  topics: ["put-if-match-quoted", "put-if-match-bare"],
  run: (session) =>
    allEnded([inForm(session, "put-if-match-quoted", "quoted"), inForm(session, "put-if-match-bare", "bare")]),
};

function inForm({ store, put }: ProbeSession, topic: Topic, form: "quoted" | "bare"): Promise<Answer> {
  const call = async (etagToSend: (right: string) => string) => {
    const { bucket, key, body, etag } = await put("put-if-match");
    return store.putObject({ bucket, key, body, headers: { "if-match": etagToSend(etag) } });
  };
  return tryCondition(topic, "putObject", call, [form]);
}

const COMPLETE_TOPIC = "complete-if-match";

const completeIfMatch: Experiment = {
  topics: [COMPLETE_TOPIC],
  run: async (session) => {
    const { store, put } = session;
    if (!(await copiesParts(session))) return [notObservable(COMPLETE_TOPIC, "part-copy-refused")];
    const answer = await tryCondition(COMPLETE_TOPIC, "completeMultipartUpload", async (etagToSend) => {
      const sample = await put("complete-if-match");
      const { bucket, key, etag } = sample;
      const copied = await copyInParts(store, sample);
      return store.completeMultipartUpload({ bucket, key, ...copied, headers: { "if-match": etagToSend(etag) } });
    });
    return [answer];
  },
};

const PART_SOURCE_TOPIC = "part-copy-source-if-match";

const partSourceIfMatch: Experiment = {
  topics: [PART_SOURCE_TOPIC],
  run: async (session) => {
    const { store, put } = session;
    if (!(await copiesParts(session))) return [notObservable(PART_SOURCE_TOPIC, "part-copy-refused")];
    const answer = await tryCondition(PART_SOURCE_TOPIC, "uploadPartCopy", async (etagToSend) => {
      const sample = await put("part-source-if-match");
      return copyInParts(store, sample, {}, { "x-amz-copy-source-if-match": etagToSend(sample.etag) });
    });
    return [answer];
  },
};

export const CONDITIONS = [putIfMatch, copyIfMatch, copySourceIfMatch, partSourceIfMatch, completeIfMatch];
