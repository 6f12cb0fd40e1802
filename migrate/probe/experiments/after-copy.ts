import { createHash } from "node:crypto";
import { StoreError } from "../../store/store-error.js";
import { bareEtag } from "../../store/wire.js";
import type { Answer, Topic } from "../answer.js";
import { failed, is, no, notObservable, refusal, yes } from "../answer.js";
import type { Experiment } from "../probe-session.js";
import { copyExperiment } from "../probe-session.js";
import { reportsSse } from "./puts.js";

const BODY_TOPIC = "body-after-copy";

export const bodyAfterCopy = copyExperiment(BODY_TOPIC, async ({ store, put }, { headers }) => {
  const sample = await put("body");
  const { bucket, key, body } = sample;
  await store.copyObject({ ...sample, headers });
  try {
    const same = Buffer.from(body).equals((await store.getObject({ bucket, key })).body);
    return same ? yes(BODY_TOPIC, "getObject", "every byte") : no(BODY_TOPIC, "getObject", "the bytes differ");
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
