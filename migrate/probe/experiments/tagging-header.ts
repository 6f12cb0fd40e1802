import { isDeepStrictEqual } from "node:util";
import type { ObjectInput, ObjectStore } from "../../store/object-store.js";
import { type Attempt, attempt } from "../attempt.js";
import { type Finding, no, notObservable, refusal, type Topic, yes } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import { copyInParts } from "./copy-in-parts.js";
import type { Experiment } from "./experiment.js";

const HEADERS = { "x-amz-tagging": "bucketseal=probe" };
const TAGS = [{ key: "bucketseal", value: "probe" }];

/** Tags that are given with the object, instead of in a call of their own. */
export const taggingHeader: Experiment = {
  topics: ["tagging-header-on-put", "tagging-header-on-upload"],
  run: async (session) => {
    if (session.found.get("object-tagging")?.kind !== "yes") {
      return taggingHeader.topics.map((topic) => notObservable(topic, "no-tags"));
    }
    const put = await attempt(session.put("tagging-header", HEADERS));
    return [await honoured("tagging-header-on-put", put, session.store), await onUpload(session)];
  },
};

async function onUpload(session: ProbeSession): Promise<Finding> {
  const topic = "tagging-header-on-upload";
  if (session.found.get("upload-part-copy")?.kind !== "yes") return notObservable(topic, "part-copy-refused");
  const { bucket, key, body } = await session.put("tagging-upload");
  const object = { bucket, key };
  const upload = await attempt(copyInParts(session.store, { ...object, body }, HEADERS));
  if (upload.kind === "refused") return refusal(topic, upload.error);
  await session.store.completeMultipartUpload({ ...object, ...upload.value, headers: {} });
  return honoured(topic, { kind: "accepted", value: object }, session.store);
}

async function honoured(topic: Topic, written: Attempt<ObjectInput>, store: ObjectStore): Promise<Finding> {
  if (written.kind === "refused") return refusal(topic, written.error);
  const { bucket, key } = written.value;
  const same = isDeepStrictEqual(await store.getObjectTagging({ bucket, key }), TAGS);
  return (same ? yes : no)(topic, "getObjectTagging", same ? "the tags are there" : "accepted, and the tags dropped");
}
