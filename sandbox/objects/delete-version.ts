import type { Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import { NULL_VERSION } from "../storage/object-version.js";
import { newVersionId } from "./commit-object.js";
import { currentObject, findVersion } from "./find.js";
import { checkDeletable } from "./lock.js";

export interface DeleteRequest {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly bypassGovernance: boolean;
}

/** The version that was removed, or the delete marker that was put on top. */
export interface Deletion {
  readonly versionId: string | undefined;
  readonly isMarker: boolean;
}

export async function deleteVersion(context: Context, bucket: Bucket, request: DeleteRequest): Promise<Deletion> {
  const { key, versionId } = request;
  if (versionId !== undefined) {
    const version = findVersion(bucket, key, versionId);
    checkDeletable(version, context.now(), request.bypassGovernance);
    await context.store.commit(bucket, { kind: "remove", key, versionId });
    const current = currentObject(bucket, key);
    if (context.behaviour.removalTakesCurrentBody && current !== undefined) {
      await context.store.commit(bucket, { kind: "update", version: { ...current, pieces: [], sizeBytes: 0 } });
    }
    return { versionId, isMarker: version?.kind === "delete-marker" };
  }
  if (bucket.facts.versioning === "off") {
    await context.store.commit(bucket, { kind: "remove", key, versionId: NULL_VERSION });
    return { versionId: undefined, isMarker: false };
  }
  const marker = newVersionId(bucket);
  const version = { kind: "delete-marker", key, versionId: marker, lastModified: context.now() } as const;
  await context.store.commit(bucket, { kind: "put", version });
  return { versionId: marker, isMarker: true };
}
