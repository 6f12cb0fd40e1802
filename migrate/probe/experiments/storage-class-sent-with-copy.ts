import { attempt } from "../attempt.js";
import { no, notObservable, refusal, yes } from "../finding.js";
import { copyExperiment } from "./experiment.js";
import { classOf, putInOtherClass } from "./put-in-other-class.js";

const TOPIC = "storage-class-sent-with-copy";

/** Of an object that has this class before, as those of a migration do. */
export const storageClassSentWithCopy = copyExperiment(TOPIC, async (session, style) => {
  const put = await putInOtherClass(session, "class-sent");
  if (put.kind === "not-stored") return notObservable(TOPIC, put.because);
  const { sample, name } = put;
  const headers = { ...style.headers, "x-amz-storage-class": name };
  const copied = await attempt(session.store.copyObject({ ...sample, headers }));
  if (copied.kind === "refused") return refusal(TOPIC, copied.error);
  const after = await classOf(session, sample);
  return (after === name ? yes : no)(TOPIC, "headObject", `${name} is ${after} after it`);
});
