import type { ProviderProfile } from "../../../providers/index.js";
import type { ObjectHead } from "../../store/answers.js";
import { attempt } from "../attempt.js";
import { is, notObservable } from "../finding.js";
import { copyExperiment } from "./experiment.js";

const TOPIC = "storage-class-after-copy";
const STANDARD = "STANDARD";
/** Known to nearly every store that has a second class. */
const PREFERRED = "STANDARD_IA";

export const storageClass = copyExperiment(TOPIC, async ({ store, put, provider }, { headers }) => {
  const name = otherClass(provider);
  if (name === null) return notObservable(TOPIC, "no-class-listed");
  const sample = await attempt(put("class", { "x-amz-storage-class": name }));
  if (sample.kind === "refused") return notObservable(TOPIC, "class-refused");
  const { bucket, key } = sample.value;
  if (classOf(await store.headObject({ bucket, key })) !== name) return notObservable(TOPIC, "class-refused");
  await store.copyObject({ ...sample.value, headers });
  const after = classOf(await store.headObject({ bucket, key }));
  return is(TOPIC, after === name ? "kept" : "reset", "headObject", `${name} is ${after} after it`);
});

/** A class that can be read at once, and is not the one that objects have anyway. */
function otherClass({ storageClasses }: ProviderProfile): string | null {
  const names = storageClasses.value.filter(({ access }) => access === "online").map(({ name }) => name);
  const others = names.filter((name) => name !== STANDARD);
  return others.find((name) => name === PREFERRED) ?? others[0] ?? null;
}

function classOf({ headers }: ObjectHead): string {
  return headers["x-amz-storage-class"] ?? STANDARD;
}
