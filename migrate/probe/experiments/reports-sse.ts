import type { ObjectInput, ObjectStore } from "../../store/object-store.js";
import { type Finding, no, type Topic, yes } from "../finding.js";

const HEADER = "x-amz-server-side-encryption";

/** What HEAD says of an object's encryption; `null` where it says nothing. */
export async function sseOnHead(store: ObjectStore, { bucket, key }: ObjectInput): Promise<string | null> {
  return (await store.headObject({ bucket, key })).headers[HEADER] ?? null;
}

/** Does HEAD show AES256 on an object that was written with it? */
export async function reportsSse(topic: Topic, store: ObjectStore, object: ObjectInput): Promise<Finding> {
  const sse = await sseOnHead(store, object);
  if (sse === "AES256") return yes(topic, "headObject", "AES256");
  return no(topic, "headObject", sse === null ? `no ${HEADER}` : `${HEADER}: ${sse}`);
}
