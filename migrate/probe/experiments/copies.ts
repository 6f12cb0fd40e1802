import { type Answer, type NotObservable, no, notObservable, refusal, type Topic, yes } from "../answer.js";
import { type CallResult, tryCall } from "../calls.js";
import { copyExperiment, type Experiment, KEEPING, type ProbeSession, REPLACING } from "../probe-session.js";
import { UNSET_DEFAULTS } from "./bucket.js";
import { copiesParts, copyInParts } from "./part-copies.js";
import {
  classOf,
  type Granted,
  isSameAcl,
  putInOtherClass,
  putWithGrants,
  sseOnHead,
  type WithGrants,
} from "./puts.js";

const SELF_COPY_TOPIC: Topic = "self-copy";

/** Uses an object that is certainly plaintext: the copy of an encrypted one is another question. */
const selfCopy: Experiment = {
  topics: [SELF_COPY_TOPIC],
  run: async (session) => {
    const { store, put } = session;
    const sample = await put("self-copy");
    const obstacle = await notPlaintext(session, await sseOnHead(store, sample));
    if (obstacle !== null) return [notObservable(SELF_COPY_TOPIC, obstacle)];
    const copied = await tryCall(store.copyObject({ ...sample, headers: KEEPING }));
    return [
      copied.kind === "accepted"
        ? yes(SELF_COPY_TOPIC, "copyObject", "accepted")
        : refusal(SELF_COPY_TOPIC, copied.error),
    ];
  },
};

async function notPlaintext({ finding, provider }: ProbeSession, sse: string | null): Promise<NotObservable | null> {
  if (sse !== null) return "encrypted-on-arrival";
  if (provider.encryption.atRest.value === "always") return "always-encrypted";
  const byDefault = await finding("default-encryption");
  if (byDefault?.kind === "is" && !UNSET_DEFAULTS.includes(byDefault.value)) return "default-encryption-set";
  const headTells = (await finding("head-sse-after-put"))?.kind === "yes";
  return headTells || isUnset(byDefault) ? null : "plaintext-unproven";
}

function isUnset(byDefault: Answer | undefined): boolean {
  return byDefault?.kind === "is" || byDefault?.kind === "no";
}

/** The alternative if the store calls a plain self-copy illegal. */
const selfCopyReplacing: Experiment = {
  topics: ["self-copy-replacing"],
  run: async ({ store, put }) => {
    const copied = await tryCall(store.copyObject({ ...(await put("replacing")), headers: REPLACING }));
    if (copied.kind === "refused") return [refusal("self-copy-replacing", copied.error)];
    return [yes("self-copy-replacing", "copyObject", "accepted")];
  },
};

const STORAGE_CLASS_TOPIC = "storage-class-sent-with-copy";

/** Uses an object that already has this class, like the objects of a migration. */
const storageClassSentWithCopy = copyExperiment(STORAGE_CLASS_TOPIC, async (session, style) => {
  const put = await putInOtherClass(session, "class-sent");
  if (put.kind === "not-stored") return notObservable(STORAGE_CLASS_TOPIC, put.because);
  const { sample, name } = put;
  const headers = { ...style.headers, "x-amz-storage-class": name };
  const copied = await tryCall(session.store.copyObject({ ...sample, headers }));
  if (copied.kind === "refused") return refusal(STORAGE_CLASS_TOPIC, copied.error);
  const after = await classOf(session, sample);
  return (after === name ? yes : no)(STORAGE_CLASS_TOPIC, "headObject", `${name} is ${after} after it`);
});

/**
 * Uses an object that already has these grants, like the objects of a migration. It does not matter whether
 * the copy keeps them or sets them from its headers.
 */
const aclSentWithCopy = copyExperiment("acl-sent-with-copy", async (session, style) => {
  const topic = "acl-sent-with-copy";
  const granted = await session.shared(putWithGrants);
  if (granted.kind !== "granted") return notObservable(topic, whyNot(granted));
  const sample = await session.put("acl-sent", granted.headers);
  const copied = session.store.copyObject({ ...sample, headers: { ...style.headers, ...granted.headers } });
  return sentWith(topic, { ...granted, sample }, await tryCall(copied), session);
});

/** The same for a multipart copy, whose upload is created with the grants. */
const aclSentWithUpload: Experiment = {
  topics: ["acl-sent-with-upload"],
  run: async (session) => {
    const topic = "acl-sent-with-upload";
    if (!(await copiesParts(session))) return [notObservable(topic, "part-copy-refused")];
    const granted = await session.shared(putWithGrants);
    if (granted.kind !== "granted") return [notObservable(topic, whyNot(granted))];
    const sample = await session.put("acl-upload", granted.headers);
    const { bucket, key } = sample;
    const copied = await tryCall(copyInParts(session.store, sample, granted.headers));
    if (copied.kind === "refused") return [refusal(topic, copied.error)];
    const ended = session.store.completeMultipartUpload({ bucket, key, ...copied.value, headers: {} });
    return [await sentWith(topic, { ...granted, sample }, await tryCall(ended), session)];
  },
};

function whyNot(put: Exclude<WithGrants, Granted>) {
  if (put.kind === "ungranted") return put.because;
  return put.kind === "no-acl" ? "no-acl" : "acl-unreadable";
}

async function sentWith(
  topic: Topic,
  { sample: { bucket, key }, grants }: Granted,
  written: CallResult<unknown>,
  { store }: ProbeSession,
): Promise<Answer> {
  if (written.kind === "refused") return refusal(topic, written.error);
  const after = (await store.getObjectAcl({ bucket, key })).grants;
  const same = isSameAcl(after, grants);
  return (same ? yes : no)(topic, "getObjectAcl", `${after.length} grant(s), ${grants.length} sent`);
}

export const COPIES = [selfCopy, selfCopyReplacing, aclSentWithCopy, aclSentWithUpload, storageClassSentWithCopy];
