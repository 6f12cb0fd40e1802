import { randomBytes, randomUUID } from "node:crypto";
import type { CustomerKey } from "../keys/customer-key.js";
import type { CopyingRoad } from "../road/road.js";
import type { ObjectStore, WriteInput } from "../store/object-store.js";
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
  /** That it was put under; `null` where it was put as anybody puts an object. */
  readonly customerKey: CustomerKey | null;
  /** Of the object as it was put; `null` where the bucket has no versions. */
  readonly versionId: string | null;
}

/** Puts a throw-away object that has a bit of everything, under the prefix that the run may write to. */
export async function putCanary(
  { store, beforeThrowAway }: Pick<CopyingRoad, "store" | "beforeThrowAway">,
  scope: { readonly bucket: string; readonly prefix: string },
  tagged: boolean,
  customerKey: CustomerKey | null = null,
): Promise<CanaryObject> {
  const object = {
    headers: { ...HEADERS, ...customerKey?.headers() },
    bucket: scope.bucket,
    key: `${scope.prefix}.bucketseal-canary-${randomUUID()}`,
    body: randomBytes(BODY_BYTES),
  };
  await beforeThrowAway(object.bucket, object.key);
  const written = tagged ? await putTagged(store, object) : null;
  const { versionId } = written ?? (await store.putObject(object));
  const { bucket, key, body } = object;
  return { bucket, key, body, customerKey, tagged: written !== null, versionId };
}

async function putTagged(store: ObjectStore, object: WriteInput & Pick<CanaryObject, "body">) {
  try {
    return await store.putObject({ ...object, headers: { ...object.headers, "x-amz-tagging": "bucketseal=canary" } });
  } catch (error) {
    // A store without tags has none to lose.
    if (error instanceof StoreError && error.kind === "not-implemented") return null;
    throw error;
  }
}

/** Deletes the object with all its versions. Tells what is left behind, or `null`. */
export async function deleteCanary(store: ObjectStore, canary: CanaryObject): Promise<string | null> {
  const { bucket, key } = canary;
  try {
    const { versionIds, complete } = await versionsOf(store, canary);
    for (const versionId of versionIds) await store.deleteObject({ bucket, key, versionId });
    return complete
      ? null
      : `versions of the canary object s3://${bucket}/${key} may be left: they could not be listed`;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `the canary object s3://${bucket}/${key} could not be deleted (${error.facts.code}): delete it by hand`;
  }
}

interface Versions {
  readonly versionIds: readonly (string | undefined)[];
  /** Whether these are known to be all. */
  readonly complete: boolean;
}

/** Where versions cannot be listed there is the object to delete, by its name, and the version that was put, if it is one. */
async function versionsOf(store: ObjectStore, { bucket, key, versionId }: CanaryObject): Promise<Versions> {
  try {
    const versions = await store.listObjectVersions({ bucket, prefix: key });
    const listed = versions.map((version) => version.versionId);
    return { versionIds: listed.length > 0 ? listed : [undefined], complete: true };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return versionId === null
      ? { versionIds: [undefined], complete: true }
      : { versionIds: [undefined, versionId], complete: false };
  }
}
