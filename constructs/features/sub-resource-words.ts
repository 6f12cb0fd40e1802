import type { BucketSubResource } from "../../providers/index.js";

export const SUB_RESOURCE_WORDS: Readonly<Record<BucketSubResource, string>> = {
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
