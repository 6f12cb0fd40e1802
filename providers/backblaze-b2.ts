import {
  assumed,
  documented,
  lifecycleFeatures,
  undocumented,
  undocumentedAccessLogs,
  undocumentedPolicies,
  undocumentedReplication,
} from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { dollarsByClass, s3Limits, subResources } from "./s3-facts.js";

const docs = "https://www.backblaze.com/docs";
const api = `${docs}/cloud-storage-s3-compatible-api`;
const calls = `${docs}/cloud-storage-call-the-s3-compatible-api`;
const encryption = `${docs}/cloud-storage-server-side-encryption`;
const bucketNames = `${docs}/cloud-storage-create-and-manage-buckets`;
const putLifecycle = "https://www.backblaze.com/apidocs/s3-put-lifecycle-configuration";
const largeFiles = `${docs}/cloud-storage-large-files`;

const requestPrices = dollarsByClass("without the 2,500 free requests of each class and day", "2026-11-29", [
  { perThousand: 0, requests: ["PutObject", "CreateMultipartUpload", "CompleteMultipartUpload"] },
  { perThousand: 0.0004, requests: ["HeadObject", "GetObject"] },
  {
    perThousand: 0.004,
    requests: ["ListObjectsV2", "ListMultipartUploads", "CopyObject", "UploadPartCopy", "GetObjectAcl"],
  },
]);

/** Backblaze B2. Every bucket is versioned. Rejects `x-amz-tagging`. */
export const backblazeB2: ProviderProfile = {
  id: "backblaze-b2",
  name: "Backblaze B2",
  aliases: ["b2", "backblaze"],
  endpoint: documented(
    { template: "https://s3.{region}.backblazeb2.com", hosts: ["(^|\\.)backblazeb2\\.com$"], refusedHosts: [] },
    calls,
  ),
  regions: documented([], calls),
  refusedRegions: documented([], calls),
  defaultRegion: null,
  addressing: documented("virtual-host", calls),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: documented(
    [
      { pattern: "^.{1,5}$", reason: "has at least 6 characters" },
      { pattern: "\\.", reason: "has no dot" },
      { pattern: "^b2-", reason: 'does not begin with "b2-"' },
    ],
    bucketNames,
  ),
  bucketNamesUnique: documented("store", bucketNames),
  subResources: {
    ...subResources({
      source: calls,
      supported: ["versioning", "object-lock", "lifecycle", "acl", "cors"],
      unsupported: [
        "tagging",
        "website",
        "policy",
        "public-access-block",
        "ownership-controls",
        "inventory",
        "metrics",
        "analytics",
        "accelerate",
        "request-payment",
        "intelligent-tiering",
      ],
    }),
    encryption: documented("supported", "https://www.backblaze.com/apidocs/s3-put-bucket-encryption"),
  },
  alternatives: {
    policy: documented(
      "give each application key its own buckets, prefix and capabilities",
      `${docs}/cloud-storage-application-keys`,
    ),
    "public-access-block": documented("a bucket is private as a whole until its ACL is public-read", api),
  },
  bucketPolicies: undocumentedPolicies,
  accessLogs: undocumentedAccessLogs,
  replication: undocumentedReplication,
  lifecycle: {
    features: lifecycleFeatures({
      source: putLifecycle,
      supported: ["expiration", "noncurrent-expiration", "abort-multipart-uploads"],
      unsupported: ["transitions", "noncurrent-transitions"],
    }),
    transitionClasses: documented([], putLifecycle),
    transitionSizeReported: undocumented,
    // Each expiration is returned as two rules.
    readAsWritten: documented("unsupported", "https://www.backblaze.com/apidocs/s3-get-lifecycle-configuration"),
    whileSuspended: undocumented,
  },
  objectAcl: documented("unsupported", api),
  objectTagging: documented("unsupported", calls),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("supported", encryption),
    sseC: documented("supported", encryption),
    sseKms: documented("unsupported", encryption),
    updateToKms: undocumented,
    atRest: documented("on-request", encryption),
    reportedOnHead: undocumented,
    unsetDefault: undocumented,
  },
  conditions: {
    putIfMatch: undocumented,
    completeMultipartIfMatch: undocumented,
    copyIfMatch: undocumented,
    copySourceIfMatch: undocumented,
    onCustomerKeys: undocumented,
    etagForm: assumed("quoted", "the form that HTTP prescribes"),
  },
  limits: s3Limits(documented(10 * 1000 ** 4, largeFiles), largeFiles),
  ceilings: {
    readsPerSecond: assumed(null, "no limit on a bucket is named"),
    writesPerSecond: assumed(null, "no limit on a bucket is named"),
  },
  requestPrices: documented(requestPrices, "https://www.backblaze.com/cloud-storage/transaction-pricing"),
  checksums: assumed("WHEN_REQUIRED", "no document names the checksum headers of newer SDKs"),
  storageClasses: documented([{ name: "STANDARD", access: "online" }], calls),
  accountId: undocumented,
};
