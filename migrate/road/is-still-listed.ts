import type { ObjectRef } from "../model/object.js";
import type { ObjectStore } from "../store/object-store.js";

/** Whether the listing goes on showing an object that HEAD says is gone: it came back, or something between folds its path. */
export async function isStillListed(store: ObjectStore, { bucket, key }: ObjectRef): Promise<boolean> {
  const { objects } = await store.listObjects({ bucket, prefix: key });
  return objects.some((listed) => listed.key === key);
}
