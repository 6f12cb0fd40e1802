import { createHash } from "node:crypto";
import type { UploadedPart } from "../../store/answers.js";
import type { ObjectStore, RequestHeaders } from "../../store/object-store.js";
import { StoreError } from "../../store/store-error.js";
import { bareEtag } from "../../store/wire.js";
import { type Answer, failed, is, type NotObservable, no, notObservable, refusal, type Topic, yes } from "../answer.js";
import {
  copyExperiment,
  type Experiment,
  KEEPING,
  type ProbeSession,
  REPLACING,
  type Sample,
  SSE_HEADER,
} from "../probe-session.js";
import { type CallResult, tryCall } from "../try-call.js";
import { UNSET_DEFAULTS } from "./bucket.js";
import {
  classOf,
  type Granted,
  isSameAcl,
  putInOtherClass,
  putWithGrants,
  reportsSse,
  sseOnHead,
  type WithGrants,
} from "./puts.js";

const SELF_COPY_TOPIC: Topic = "self-copy";

/** Uses an object that is certainly plaintext: the copy of an encrypted one is another question. */
export const selfCopy: Experiment = {
  topics: [SELF_COPY_TOPIC],
  run: async (session) => {
    const { store, put } = session;
    const sample = await put("self-copy");
    const obstacle = notPlaintext(session, await sseOnHead(store, sample));
    if (obstacle !== null) return [notObservable(SELF_COPY_TOPIC, obstacle)];
    const copied = await tryCall(store.copyObject({ ...sample, headers: KEEPING }));
    return [
      copied.kind === "accepted"
        ? yes(SELF_COPY_TOPIC, "copyObject", "accepted")
        : refusal(SELF_COPY_TOPIC, copied.error),
    ];
  },
};

function notPlaintext({ found, provider }: ProbeSession, sse: string | null): NotObservable | null {
  if (sse !== null) return "encrypted-on-arrival";
  if (provider.encryption.atRest.value === "always") return "always-encrypted";
  const byDefault = found.get("default-encryption");
  if (byDefault?.kind === "is" && !UNSET_DEFAULTS.includes(byDefault.value)) return "default-encryption-set";
  const headTells = found.get("head-sse-after-put")?.kind === "yes";
  return headTells || isUnset(byDefault) ? null : "plaintext-unproven";
}

function isUnset(byDefault: Answer | undefined): boolean {
  return byDefault?.kind === "is" || byDefault?.kind === "no";
}

/** The alternative if the store calls a plain self-copy illegal. */
export const selfCopyReplacing: Experiment = {
  topics: ["self-copy-replacing"],
  run: async ({ store, put }) => {
    const copied = await tryCall(store.copyObject({ ...(await put("replacing")), headers: REPLACING }));
    if (copied.kind === "refused") return [refusal("self-copy-replacing", copied.error)];
    return [yes("self-copy-replacing", "copyObject", "accepted")];
  },
};

const COPIES = "upload-part-copy";
const ETAG = "part-etag";

export const uploadPartCopy: Experiment = {
  topics: [COPIES, ETAG],
  run: async ({ store, put }) => {
    const sample = await put("part-copy");
    const copied = await tryCall(copyInParts(store, sample));
    if (copied.kind === "refused") return [refusal(COPIES, copied.error), notObservable(ETAG, "part-copy-refused")];
    const isMd5 = copied.value.parts.every(({ etag }) => bareEtag(etag) === sample.etag) && isMd5Of(sample);
    const etag = is(ETAG, isMd5 ? "md5" : "other", "uploadPartCopy", isMd5 ? "the MD5 of its bytes" : "not their MD5");
    return [yes(COPIES, "uploadPartCopy", "accepted"), etag];
  },
};

function isMd5Of({ body, etag }: Sample): boolean {
  return createHash("md5").update(body).digest("hex") === etag;
}

const PERCENT = "part-copy-percent";

/** Puts a second object with other bytes at the key that a store reads if it decodes the source twice. */
export const partCopyPercent: Experiment = {
  topics: [PERCENT],
  run: async ({ store, put, found }) => {
    if (found.get("upload-part-copy")?.kind !== "yes") return [notObservable(PERCENT, "part-copy-refused")];
    const { bucket, key, body } = await put("percent%41");
    const twin = { bucket, key: key.replace("%41", "A"), body: Buffer.from(body).reverse(), headers: {} };
    await store.putObject(twin);
    const copied = await tryCall(copyInParts(store, { bucket, key, body }));
    if (copied.kind === "refused") return [refusal(PERCENT, copied.error)];
    await store.completeMultipartUpload({ bucket, key, ...copied.value, headers: {} });
    try {
      const { body: after } = await store.getObject({ bucket, key });
      const isItsOwn = Buffer.from(body).equals(after);
      return isItsOwn
        ? [yes(PERCENT, "getObject", "its own bytes")]
        : [no(PERCENT, "getObject", "the bytes of the key that it is if it is decoded twice")];
    } catch (error) {
      // Errors about permissions or the network reveal nothing.
      if (!(error instanceof StoreError) || error.facts.status === null || error.kind === "access-denied") throw error;
      return [refusal(PERCENT, error, "the copy cannot be read")];
    }
  },
};

interface CopiedInParts {
  readonly uploadId: string;
  readonly parts: readonly UploadedPart[];
}

/**
 * Creates an upload and copies the whole object into its only part. The clean-up aborts uploads that are not
 * completed.
 */
export async function copyInParts(
  store: ObjectStore,
  { bucket, key, body }: Pick<Sample, "bucket" | "key" | "body">,
  headersOfUpload: RequestHeaders = {},
  headersOfPart: RequestHeaders = {},
): Promise<CopiedInParts> {
  const { uploadId } = await store.createMultipartUpload({
    bucket,
    key,
    headers: { ...SSE_HEADER, ...headersOfUpload },
  });
  const part = await store.uploadPartCopy({
    bucket,
    key,
    uploadId,
    partNumber: 1,
    range: [0, body.length - 1],
    headers: headersOfPart,
  });
  return { uploadId, parts: [part] };
}

const BODY_TOPIC = "body-after-copy";

export const bodyAfterCopy = copyExperiment(BODY_TOPIC, async ({ store, put }, { headers }) => {
  const sample = await put("body");
  const { bucket, key, body } = sample;
  await store.copyObject({ ...sample, headers });
  try {
    const same = Buffer.from(body).equals((await store.getObject({ bucket, key })).body);
    return same ? yes(BODY_TOPIC, "getObject", "every byte") : no(BODY_TOPIC, "getObject", "the bytes are others");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Errors about permissions or the network reveal nothing. Any other error shows that the copy is
    // unreadable.
    const tells = error.facts.status !== null && error.kind !== "access-denied" && error.kind !== "throttled";
    return tells ? refusal(BODY_TOPIC, error, "the copy cannot be read") : failed(BODY_TOPIC, error);
  }
});

export const etagAfterCopy = copyExperiment("etag-after-copy", async ({ store, put }, { headers }) => {
  const sample = await put("etag");
  await store.copyObject({ ...sample, headers });
  const { bucket, key } = sample;
  const after = bareEtag((await store.headObject({ bucket, key })).headers.etag ?? "");
  const md5 = createHash("md5").update(sample.body).digest("hex");
  const value = after === sample.etag ? "same" : "changed";
  return is(
    "etag-after-copy",
    value,
    "headObject",
    after === md5 ? "the MD5 of the bytes" : "not the MD5 of the bytes",
  );
});

const STORAGE_CLASS_TOPIC = "storage-class-sent-with-copy";

/** Uses an object that already has this class, like the objects of a migration. */
export const storageClassSentWithCopy = copyExperiment(STORAGE_CLASS_TOPIC, async (session, style) => {
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
export const aclSentWithCopy = copyExperiment("acl-sent-with-copy", async (session, style) => {
  const topic = "acl-sent-with-copy";
  const put = await putWithGrants(session, "acl-sent");
  if (put.kind !== "granted") return notObservable(topic, whyNot(put));
  const headers = { ...style.headers, ...put.headers };
  return sentWith(topic, put, await tryCall(session.store.copyObject({ ...put.sample, headers })), session);
});

/** The same for a multipart copy, whose upload is created with the grants. */
export const aclSentWithUpload: Experiment = {
  topics: ["acl-sent-with-upload"],
  run: async (session) => {
    const topic = "acl-sent-with-upload";
    if (session.found.get("upload-part-copy")?.kind !== "yes") return [notObservable(topic, "part-copy-refused")];
    const put = await putWithGrants(session, "acl-upload");
    if (put.kind !== "granted") return [notObservable(topic, whyNot(put))];
    const { bucket, key } = put.sample;
    const copied = await tryCall(copyInParts(session.store, put.sample, put.headers));
    if (copied.kind === "refused") return [refusal(topic, copied.error)];
    const ended = session.store.completeMultipartUpload({ bucket, key, ...copied.value, headers: {} });
    return [await sentWith(topic, put, await tryCall(ended), session)];
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

const CONTENT = {
  "content-type": "text/x-bucketseal-probe; charset=utf-8",
  "content-language": "fr-CA",
  "content-disposition": 'attachment; filename="probe.txt"',
  "cache-control": "private, max-age=60",
  expires: "Fri, 01 Jan 2038 00:00:00 GMT",
} as const;
const METADATA = { "x-amz-meta-probe": "one", "x-amz-meta-other": "two" } as const;

type Headers = Readonly<Record<string, string>>;

/** Uses the COPY directive, because properties that are sent again prove nothing. */
export const headersAfterCopy: Experiment = {
  topics: ["content-headers-after-copy", "metadata-after-copy"],
  run: async ({ store, put, copyStyle }) => {
    const style = await copyStyle();
    if (style.kind !== "keeping") {
      const because = style.kind === "refused" ? "copy-refused" : "metadata-sent-again";
      return headersAfterCopy.topics.map((topic) => notObservable(topic, because));
    }
    const sample = await put("headers", { ...CONTENT, ...METADATA });
    const { bucket, key } = sample;
    const before = (await store.headObject({ bucket, key })).headers;
    await store.copyObject({ ...sample, headers: style.headers });
    const after = (await store.headObject({ bucket, key })).headers;
    return [
      compared("content-headers-after-copy", Object.keys(CONTENT), before, after),
      compared("metadata-after-copy", Object.keys(METADATA), before, after),
    ];
  },
};

function compared(topic: Topic, names: readonly string[], before: Headers, after: Headers): Answer {
  const lost = names.filter((name) => after[name] !== before[name]);
  if (lost.length > 0) return no(topic, "headObject", `other or missing: ${lost.join(", ")}`);
  const neverKept = names.filter((name) => before[name] === undefined);
  if (neverKept.length === names.length) return no(topic, "headObject", "not even the object that was put has any");
  return yes(topic, "headObject", neverKept.length === 0 ? "all of them" : `but PUT dropped ${neverKept.join(", ")}`);
}

export const headSseAfterCopy = copyExperiment("head-sse-after-copy", async ({ store, put }, { headers }) => {
  const sample = await put("head-after-copy");
  await store.copyObject({ ...sample, headers });
  return reportsSse("head-sse-after-copy", store, sample);
});
