import type { ProviderProfile } from "../../../providers/index.js";
import { attempt } from "../attempt.js";
import type { NotObservable } from "../finding.js";
import type { ProbeSession, Sample } from "../probe-session.js";

const STANDARD = "STANDARD";
/** Known to nearly every store that has a second class. */
const PREFERRED = "STANDARD_IA";

export type InOtherClass =
  | { readonly kind: "stored"; readonly sample: Sample; readonly name: string }
  | { readonly kind: "not-stored"; readonly because: NotObservable };

/** Puts an object in another class than the one that objects have anyway, where the provider documents one. */
export async function putInOtherClass(session: ProbeSession, objectName: string): Promise<InOtherClass> {
  const name = otherClass(session.provider);
  if (name === null) return { kind: "not-stored", because: "no-class-listed" };
  const sample = await attempt(session.put(objectName, { "x-amz-storage-class": name }));
  if (sample.kind === "refused" || (await classOf(session, sample.value)) !== name) {
    return { kind: "not-stored", because: "class-refused" };
  }
  return { kind: "stored", sample: sample.value, name };
}

export async function classOf({ store }: ProbeSession, { bucket, key }: Sample): Promise<string> {
  const { headers } = await store.headObject({ bucket, key });
  return headers["x-amz-storage-class"] ?? STANDARD;
}

/** A class that can be read at once. */
function otherClass({ storageClasses }: ProviderProfile): string | null {
  const names = storageClasses.value.filter(({ access }) => access === "online").map(({ name }) => name);
  const others = names.filter((name) => name !== STANDARD);
  return others.find((name) => name === PREFERRED) ?? others[0] ?? null;
}
