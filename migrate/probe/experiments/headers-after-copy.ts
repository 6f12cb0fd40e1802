import { type Finding, no, notObservable, type Topic, yes } from "../finding.js";
import type { Experiment } from "./experiment.js";

const CONTENT = {
  "content-type": "text/x-bucketseal-probe; charset=utf-8",
  "content-language": "fr-CA",
  "content-disposition": 'attachment; filename="probe.txt"',
  "cache-control": "private, max-age=60",
  expires: "Fri, 01 Jan 2038 00:00:00 GMT",
} as const;
const METADATA = { "x-amz-meta-probe": "one", "x-amz-meta-other": "two" } as const;

type Headers = Readonly<Record<string, string>>;

/** Under the COPY directive: what is sent again says nothing. */
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

function compared(topic: Topic, names: readonly string[], before: Headers, after: Headers): Finding {
  const lost = names.filter((name) => after[name] !== before[name]);
  if (lost.length > 0) return no(topic, "headObject", `other or missing: ${lost.join(", ")}`);
  const neverKept = names.filter((name) => before[name] === undefined);
  if (neverKept.length === names.length) return no(topic, "headObject", "not even the object that was put has any");
  return yes(topic, "headObject", neverKept.length === 0 ? "all of them" : `but PUT dropped ${neverKept.join(", ")}`);
}
