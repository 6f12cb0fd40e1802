import { StoreError } from "../../store/store-error.js";
import { attempt } from "../attempt.js";
import { no, notObservable, refusal, yes } from "../finding.js";
import { copyInParts } from "./copy-in-parts.js";
import type { Experiment } from "./experiment.js";

export const uploadPartCopy: Experiment = {
  topics: ["upload-part-copy"],
  run: async ({ store, put }) => {
    const copied = await attempt(copyInParts(store, await put("part-copy")));
    if (copied.kind === "refused") return [refusal("upload-part-copy", copied.error)];
    return [yes("upload-part-copy", "uploadPartCopy", "accepted")];
  },
};

const PERCENT = "part-copy-percent";

/** Beside an object that a store would read which decodes its key twice, and whose bytes are others. */
export const partCopyPercent: Experiment = {
  topics: [PERCENT],
  run: async ({ store, put, found }) => {
    if (found.get("upload-part-copy")?.kind !== "yes") return [notObservable(PERCENT, "part-copy-refused")];
    const { bucket, key, body } = await put("percent%41");
    const twin = { bucket, key: key.replace("%41", "A"), body: Buffer.from(body).reverse(), headers: {} };
    await store.putObject(twin);
    const copied = await attempt(copyInParts(store, { bucket, key, body }));
    if (copied.kind === "refused") return [refusal(PERCENT, copied.error)];
    await store.completeMultipartUpload({ bucket, key, ...copied.value, headers: {} });
    try {
      const { body: after } = await store.getObject({ bucket, key });
      const isItsOwn = Buffer.from(body).equals(after);
      return isItsOwn
        ? [yes(PERCENT, "getObject", "its own bytes")]
        : [no(PERCENT, "getObject", "the bytes of the key that it is if it is decoded twice")];
    } catch (error) {
      // Without rights or network nothing is told.
      if (!(error instanceof StoreError) || error.facts.status === null || error.kind === "access-denied") throw error;
      return [refusal(PERCENT, error, "the copy cannot be read")];
    }
  },
};
