import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import type { BucketSubResource, Fact } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/**
 * Reports a property whose sub-resource the store lacks, with the store, the source and an
 * alternative. Empty if the store has it. If no document says so, see `warnWhereUndocumented`.
 */
export function supportProblems(
  property: string,
  subResource: BucketSubResource,
  storage: ObjectStorageProvider,
): string[] {
  const { name, subResources } = storage.store;
  const { value, source } = subResources[subResource];
  return value === "unsupported"
    ? [
        `${property} cannot be used on ${name}, which has no ${SUB_RESOURCE_WORDS[subResource]} (${source}): ${wayOut(subResource, storage)}`,
      ]
    : [];
}

export function warnWhereUndocumented(
  bucket: IConstruct,
  property: string,
  subResource: BucketSubResource,
  { store }: ObjectStorageProvider,
): void {
  if (store.id === "generic" || store.subResources[subResource].value !== "undocumented") return;
  const words = SUB_RESOURCE_WORDS[subResource];
  Annotations.of(bucket).addWarning(
    `${property}: no document of ${store.name} says whether it has ${words}, so the deployment may fail`,
  );
}

/** The end of a refusal: leave the property out and, if the store has an alternative, use that. */
export function wayOut(subResource: BucketSubResource, { store }: ObjectStorageProvider): string {
  const instead: Fact<string> | undefined = store.alternatives[subResource];
  return instead === undefined ? "leave it out" : `leave it out; instead, ${instead.value} (${instead.source})`;
}

const SUB_RESOURCE_WORDS: Readonly<Record<BucketSubResource, string>> = {
  encryption: "default encryption of buckets",
  versioning: "versioning",
  "object-lock": "Object Lock",
  lifecycle: "lifecycle rules",
  tagging: "bucket tags",
  acl: "bucket ACLs",
  cors: "CORS rules",
  website: "websites",
  replication: "replication",
  logging: "server access logs",
  policy: "bucket policies",
  "public-access-block": "public access block",
  "ownership-controls": "ownership controls",
  notification: "event notifications",
  inventory: "inventory",
  metrics: "request metrics",
  analytics: "storage class analysis",
  accelerate: "transfer acceleration",
  "request-payment": "requester pays",
  "intelligent-tiering": "intelligent tiering",
};
