import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { StoredObject } from "../storage/object-version.js";

/** Refuses to read an archived object that was not restored. */
export function checkReadable(object: StoredObject, behaviour: Behaviour, now: number): void {
  const archived = behaviour.archiveClasses.includes(object.storageClass);
  if (archived && (object.restoredUntil === undefined || object.restoredUntil <= now)) {
    throw new S3Error("InvalidObjectState", { fields: { StorageClass: object.storageClass } });
  }
}
