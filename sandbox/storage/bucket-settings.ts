import type { BucketSubResource } from "../../providers/index.js";
import type { S3ErrorCode } from "../http/s3-error.js";

/** A sub-resource that a store keeps and returns unchanged, without applying it. */
export interface BucketSetting {
  readonly subResource: BucketSubResource;
  /**
   * The suffix of the S3 operation names, for example `LifecycleConfiguration` in
   * `GetBucketLifecycleConfiguration`.
   */
  readonly title: string;
  readonly action: string;
  readonly unset:
    | { readonly kind: "error"; readonly code: S3ErrorCode }
    | { readonly kind: "body"; readonly xml: string };
  /** Several configurations, distinguished by `id`. */
  readonly many?: true;
}

const missing = (code: S3ErrorCode) => ({ kind: "error", code }) as const;
const empty = (root: string, inner = "") =>
  ({
    kind: "body",
    xml: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`,
  }) as const;

/** By query parameter. */
export const BUCKET_SETTINGS: Readonly<Record<string, BucketSetting>> = {
  tagging: { subResource: "tagging", title: "Tagging", action: "BucketTagging", unset: missing("NoSuchTagSet") },
  lifecycle: {
    subResource: "lifecycle",
    title: "LifecycleConfiguration",
    action: "LifecycleConfiguration",
    unset: missing("NoSuchLifecycleConfiguration"),
  },
  cors: { subResource: "cors", title: "Cors", action: "BucketCORS", unset: missing("NoSuchCORSConfiguration") },
  website: {
    subResource: "website",
    title: "Website",
    action: "BucketWebsite",
    unset: missing("NoSuchWebsiteConfiguration"),
  },
  replication: {
    subResource: "replication",
    title: "Replication",
    action: "ReplicationConfiguration",
    unset: missing("ReplicationConfigurationNotFoundError"),
  },
  policy: { subResource: "policy", title: "Policy", action: "BucketPolicy", unset: missing("NoSuchBucketPolicy") },
  policyStatus: {
    subResource: "policy",
    title: "PolicyStatus",
    action: "BucketPolicyStatus",
    unset: missing("NoSuchBucketPolicy"),
  },
  publicAccessBlock: {
    subResource: "public-access-block",
    title: "PublicAccessBlock",
    action: "BucketPublicAccessBlock",
    unset: missing("NoSuchPublicAccessBlockConfiguration"),
  },
  ownershipControls: {
    subResource: "ownership-controls",
    title: "OwnershipControls",
    action: "BucketOwnershipControls",
    unset: missing("OwnershipControlsNotFoundError"),
  },
  logging: { subResource: "logging", title: "Logging", action: "BucketLogging", unset: empty("BucketLoggingStatus") },
  notification: {
    subResource: "notification",
    title: "NotificationConfiguration",
    action: "BucketNotification",
    unset: empty("NotificationConfiguration"),
  },
  accelerate: {
    subResource: "accelerate",
    title: "AccelerateConfiguration",
    action: "AccelerateConfiguration",
    unset: empty("AccelerateConfiguration"),
  },
  requestPayment: {
    subResource: "request-payment",
    title: "RequestPayment",
    action: "BucketRequestPayment",
    unset: empty("RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>"),
  },
  inventory: manyOf("inventory", "InventoryConfiguration", "InventoryConfiguration"),
  metrics: manyOf("metrics", "MetricsConfiguration", "MetricsConfiguration"),
  analytics: manyOf("analytics", "AnalyticsConfiguration", "AnalyticsConfiguration"),
  "intelligent-tiering": manyOf(
    "intelligent-tiering",
    "IntelligentTieringConfiguration",
    "IntelligentTieringConfiguration",
  ),
};

function manyOf(subResource: BucketSubResource, title: string, action: string): BucketSetting {
  return { subResource, title, action, unset: missing("NoSuchConfiguration"), many: true };
}
