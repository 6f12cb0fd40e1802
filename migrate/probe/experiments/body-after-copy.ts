import { StoreError } from "../../store/store-error.js";
import { failed, no, refusal, yes } from "../finding.js";
import { copyExperiment } from "./experiment.js";

const TOPIC = "body-after-copy";

export const bodyAfterCopy = copyExperiment(TOPIC, async ({ store, put }, { headers }) => {
  const sample = await put("body");
  const { bucket, key, body } = sample;
  await store.copyObject({ ...sample, headers });
  try {
    const same = Buffer.from(body).equals((await store.getObject({ bucket, key })).body);
    return same ? yes(TOPIC, "getObject", "every byte") : no(TOPIC, "getObject", "the bytes are others");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // An answer without rights or network tells nothing; any other says that the copy cannot be read.
    const tells = error.facts.status !== null && error.kind !== "access-denied" && error.kind !== "throttled";
    return tells ? refusal(TOPIC, error, "the copy cannot be read") : failed(TOPIC, error);
  }
});
