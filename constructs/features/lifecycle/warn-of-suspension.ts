import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import type { VersioningProps } from "../versioning.js";

/** Where suspended versioning and lifecycle rules exclude each other, rules that a bucket has are in the way of the change, by hand or by us. */
export function warnOfSuspension(
  bucket: IConstruct,
  { versioning }: VersioningProps,
  { store }: ObjectStorageProvider,
): void {
  const { value, source } = store.lifecycle.whileSuspended;
  if (versioning !== "suspended" || value !== "unsupported") return;
  Annotations.of(bucket).addWarning(
    `versioning "suspended": ${store.name} takes no lifecycle rules meanwhile (${source}); ` +
      "from a bucket that has rules, remove them first: aws s3api delete-bucket-lifecycle --bucket NAME",
  );
}
