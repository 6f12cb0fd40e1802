import { type Attempt, attempt } from "../attempt.js";
import { type Finding, no, notObservable, refusal, type Topic, yes } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import { copyInParts } from "./copy-in-parts.js";
import { copyExperiment, type Experiment } from "./experiment.js";
import { type Granted, isSameAcl, putWithGrants, type WithGrants } from "./put-with-grants.js";

/** Of an object that has these grants before, as those of a migration do: whether kept or taken, they are there afterwards. */
export const aclSentWithCopy = copyExperiment("acl-sent-with-copy", async (session, style) => {
  const topic = "acl-sent-with-copy";
  const put = await putWithGrants(session, "acl-sent");
  if (put.kind !== "granted") return notObservable(topic, whyNot(put));
  const headers = { ...style.headers, ...put.headers };
  return sentWith(topic, put, await attempt(session.store.copyObject({ ...put.sample, headers })), session);
});

/** The same of a copy in parts, whose upload begins with them. */
export const aclSentWithUpload: Experiment = {
  topics: ["acl-sent-with-upload"],
  run: async (session) => {
    const topic = "acl-sent-with-upload";
    if (session.found.get("upload-part-copy")?.kind !== "yes") return [notObservable(topic, "part-copy-refused")];
    const put = await putWithGrants(session, "acl-upload");
    if (put.kind !== "granted") return [notObservable(topic, whyNot(put))];
    const { bucket, key } = put.sample;
    const copied = await attempt(copyInParts(session.store, put.sample, put.headers));
    if (copied.kind === "refused") return [refusal(topic, copied.error)];
    const ended = session.store.completeMultipartUpload({ bucket, key, ...copied.value, headers: {} });
    return [await sentWith(topic, put, await attempt(ended), session)];
  },
};

function whyNot(put: Exclude<WithGrants, Granted>) {
  if (put.kind === "ungranted") return put.because;
  return put.kind === "no-acl" ? "no-acl" : "acl-unreadable";
}

async function sentWith(
  topic: Topic,
  { sample: { bucket, key }, grants }: Granted,
  written: Attempt<unknown>,
  { store }: ProbeSession,
): Promise<Finding> {
  if (written.kind === "refused") return refusal(topic, written.error);
  const after = (await store.getObjectAcl({ bucket, key })).grants;
  const same = isSameAcl(after, grants);
  return (same ? yes : no)(topic, "getObjectAcl", `${after.length} grant(s), ${grants.length} sent`);
}
