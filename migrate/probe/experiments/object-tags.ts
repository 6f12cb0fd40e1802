import { isDeepStrictEqual } from "node:util";
import { attempt } from "../attempt.js";
import { no, notObservable, refusal, yes } from "../finding.js";
import type { Experiment } from "./experiment.js";

const TAGS = [{ key: "bucketseal", value: "probe" }];

export const objectTags: Experiment = {
  topics: ["object-tagging", "tags-counted", "tags-after-copy"],
  run: async ({ store, put, copyStyle }) => {
    const sample = await put("tags");
    const { bucket, key } = sample;
    const tagged = await attempt(store.putObjectTagging({ bucket, key, tags: TAGS }));
    const read = tagged.kind === "refused" ? tagged : await attempt(store.getObjectTagging({ bucket, key }));
    if (read.kind === "refused") return [refusal("object-tagging", read.error), ...NO_TAGS];
    if (!isDeepStrictEqual(read.value, TAGS)) return [no("object-tagging", "getObjectTagging", "dropped"), ...NO_TAGS];
    const counted = (await store.headObject({ bucket, key })).headers["x-amz-tagging-count"];
    const there = [
      yes("object-tagging", "getObjectTagging", "written and read"),
      (counted === "1" ? yes : no)("tags-counted", "headObject", `${counted ?? "no"} x-amz-tagging-count, of one tag`),
    ];
    const style = await copyStyle();
    if (style.kind === "refused") return [...there, notObservable("tags-after-copy", "copy-refused")];
    await store.copyObject({ ...sample, headers: { ...style.headers, "x-amz-tagging-directive": "COPY" } });
    const after = await store.getObjectTagging({ bucket, key });
    const same = isDeepStrictEqual(after, TAGS);
    return [...there, (same ? yes : no)("tags-after-copy", "getObjectTagging", same ? "all of them" : "dropped")];
  },
};

const NO_TAGS = [notObservable("tags-counted", "no-tags"), notObservable("tags-after-copy", "no-tags")];
