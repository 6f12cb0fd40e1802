import { isDeepStrictEqual } from "node:util";
import { attempt } from "../attempt.js";
import { type Finding, failed, no, notObservable, refusal, yes } from "../finding.js";
import type { Experiment } from "./experiment.js";

const TAGS = [{ key: "bucketseal", value: "probe" }];

export const objectTags: Experiment = {
  topics: ["object-tagging", "tags-counted", "tags-after-copy"],
  run: async ({ store, put, copyStyle }) => {
    const sample = await put("tags");
    const { bucket, key } = sample;
    const tagged = await attempt(store.putObjectTagging({ bucket, key, tags: TAGS }));
    const read = await attempt(store.getObjectTagging({ bucket, key }));
    if (read.kind === "refused") {
      // Only this says that objects have none; any other refusal may have another cause.
      const isNone = read.error.kind === "not-implemented";
      const tagging = isNone ? refusal("object-tagging", read.error) : failed("object-tagging", read.error);
      return [tagging, ...unseen(isNone ? "no-tags" : "tags-not-kept")];
    }
    if (tagged.kind === "refused" || !isDeepStrictEqual(read.value, TAGS)) {
      const detail =
        tagged.kind === "refused" ? `read; PUT is refused: ${tagged.error.facts.code}` : "read; PUT drops them";
      return [yes("object-tagging", "getObjectTagging", detail), ...unseen("tags-not-kept")];
    }
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

function unseen(because: "no-tags" | "tags-not-kept"): Finding[] {
  return [notObservable("tags-counted", because), notObservable("tags-after-copy", because)];
}
