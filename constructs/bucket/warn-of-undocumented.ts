import type { IConstruct } from "constructs";
import type { BucketSubResource } from "../../providers/index.js";
import { warnWhereUndocumented } from "../features/warn-where-undocumented.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** What a property needs of the store. */
const NEEDS: Readonly<Partial<Record<keyof EncryptedBucketProps, BucketSubResource>>> = {
  versioning: "versioning",
  objectLock: "object-lock",
  defaultRetention: "object-lock",
  lifecycleRules: "lifecycle",
  abortIncompleteMultipartUploadDays: "lifecycle",
  cors: "cors",
  tags: "tagging",
  website: "website",
  enforceTls: "policy",
  denyUnencryptedUploads: "policy",
  denyCustomerKeys: "policy",
  requireCustomerKeys: "policy",
  blockPublicAccess: "public-access-block",
  ownership: "ownership-controls",
  serverAccessLogs: "logging",
  replication: "replication",
};

/** Warns of each property that no document of the store speaks of. Nothing at all is known of a generic store: that is no news. */
export function warnOfUndocumented(
  bucket: IConstruct,
  props: EncryptedBucketProps,
  storage: ObjectStorageProvider,
): void {
  for (const [property, subResource] of Object.entries(NEEDS)) {
    const asked: unknown = props[property as keyof EncryptedBucketProps];
    if (asked !== undefined && asked !== false) warnWhereUndocumented(bucket, property, subResource, storage);
  }
}
