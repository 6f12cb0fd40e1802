import { randomBytes, randomUUID } from "node:crypto";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

const BODY_BYTES = 4096;
const HEADERS = {
  "content-type": "application/x-bucketseal-canary",
  "cache-control": "no-store",
  "x-amz-meta-bucketseal": "a throw-away object: see the documentation of migrate",
};

export interface CanaryObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  readonly tagged: boolean;
}

/** Puts a throw-away object that has a bit of everything, under the prefix that the run may write to. */
export async function putCanary(
  store: ObjectStore,
  scope: { readonly bucket: string; readonly prefix: string },
  tagged: boolean,
): Promise<CanaryObject> {
  const object = {
    bucket: scope.bucket,
    key: `${scope.prefix}.bucketseal-canary-${randomUUID()}`,
    body: randomBytes(BODY_BYTES),
  };
  if (tagged && (await putTagged(store, object))) return { ...object, tagged: true };
  await store.putObject({ ...object, headers: HEADERS });
  return { ...object, tagged: false };
}

async function putTagged(store: ObjectStore, object: Omit<CanaryObject, "tagged">): Promise<boolean> {
  try {
    await store.putObject({ ...object, headers: { ...HEADERS, "x-amz-tagging": "bucketseal=canary" } });
    return true;
  } catch (error) {
    // A store without tags has none to lose.
    if (error instanceof StoreError && error.kind === "not-implemented") return false;
    throw error;
  }
}

/** Deletes the object with all its versions. Tells what is left behind, or `null`. */
export async function deleteCanary(store: ObjectStore, { bucket, key }: CanaryObject): Promise<string | null> {
  try {
    for (const versionId of await versionsOf(store, bucket, key)) await store.deleteObject({ bucket, key, versionId });
    return null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `the canary object s3://${bucket}/${key} could not be deleted (${error.facts.code}): delete it by hand`;
  }
}

/** Where versions cannot be listed there is one object to delete, by its name. */
async function versionsOf(store: ObjectStore, bucket: string, key: string): Promise<(string | undefined)[]> {
  try {
    const versions = await store.listObjectVersions({ bucket, prefix: key });
    return versions.length > 0 ? versions.map(({ versionId }) => versionId) : [undefined];
  } catch (error) {
    if (error instanceof StoreError) return [undefined];
    throw error;
  }
}
