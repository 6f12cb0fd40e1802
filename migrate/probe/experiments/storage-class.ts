import { is, notObservable } from "../finding.js";
import { copyExperiment } from "./experiment.js";
import { classOf, putInOtherClass } from "./put-in-other-class.js";

const TOPIC = "storage-class-after-copy";

export const storageClass = copyExperiment(TOPIC, async (session, { headers }) => {
  const put = await putInOtherClass(session, "class");
  if (put.kind === "not-stored") return notObservable(TOPIC, put.because);
  const { sample, name } = put;
  await session.store.copyObject({ ...sample, headers });
  const after = await classOf(session, sample);
  return is(TOPIC, after === name ? "kept" : "reset", "headObject", `${name} is ${after} after it`);
});
