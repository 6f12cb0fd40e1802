import {
  assumed,
  documented,
  undocumented,
  undocumentedAccessLogs,
  undocumentedLifecycle,
  undocumentedPolicies,
  undocumentedReplication,
} from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { dollarsByClass, GiB, listsAndWrites, MiB, s3Limits, subResources, TiB } from "./s3-facts.js";

const docs = "https://developers.cloudflare.com/r2";
const api = `${docs}/api/s3/api/`;
const security = `${docs}/reference/data-security/`;
const limits = `${docs}/platform/limits/`;

const requestPrices = dollarsByClass("Standard storage, without the free requests of each month", "2026-11-29", [
  { perThousand: 0.0045, requests: listsAndWrites },
  { perThousand: 0.00036, requests: ["HeadObject", "GetObject"] },
]);

/** Cloudflare R2. Encrypts every object by itself and ignores SSE-S3, so there is nothing to migrate. */
export const cloudflareR2: ProviderProfile = {
  id: "cloudflare-r2",
  name: "Cloudflare R2",
  aliases: ["r2", "cloudflare"],
  // The host contains the account ID, which only its owner knows.
  endpoint: documented({ template: null, hosts: ["(^|\\.)r2\\.cloudflarestorage\\.com$"], refusedHosts: [] }, api),
  regions: documented([], api),
  refusedRegions: documented([], api),
  defaultRegion: "auto",
  addressing: documented("path", api),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: assumed([], "no document names one"),
  bucketNamesUnique: assumed("endpoint", "each account has an endpoint of its own"),
  subResources: subResources({
    source: api,
    supported: ["lifecycle", "cors"],
    unsupported: [
      "encryption",
      "versioning",
      "object-lock",
      "tagging",
      "acl",
      "website",
      "replication",
      "logging",
      "policy",
      "public-access-block",
      "ownership-controls",
      "notification",
      "inventory",
      "metrics",
      "analytics",
      "accelerate",
      "request-payment",
      "intelligent-tiering",
    ],
  }),
  alternatives: {},
  bucketPolicies: undocumentedPolicies,
  accessLogs: undocumentedAccessLogs,
  replication: undocumentedReplication,
  lifecycle: undocumentedLifecycle,
  objectAcl: documented("unsupported", api),
  objectTagging: documented("unsupported", api),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("unsupported", api),
    sseC: documented("supported", `${docs}/examples/ssec/`),
    sseKms: documented("unsupported", api),
    updateToKms: undocumented,
    atRest: documented("always", security),
    reportedOnHead: documented("unsupported", api),
    unsetDefault: undocumented,
  },
  conditions: {
    putIfMatch: documented("supported", `${docs}/api/s3/extensions/`),
    completeMultipartIfMatch: undocumented,
    copyIfMatch: undocumented,
    copySourceIfMatch: documented("supported", api),
    onCustomerKeys: undocumented,
    etagForm: assumed("quoted", "the form that HTTP prescribes"),
  },
  limits: {
    ...s3Limits(documented(5 * TiB - 5 * GiB, limits), limits),
    maxCopyBytes: documented(5 * GiB - 5 * MiB, limits),
    maxPartBytes: documented(5 * GiB - 5 * MiB, limits),
  },
  ceilings: {
    readsPerSecond: assumed(null, "no limit on a bucket is named"),
    writesPerSecond: assumed(null, "no limit on a bucket is named"),
  },
  requestPrices: documented(requestPrices, `${docs}/pricing/`),
  checksums: documented("WHEN_REQUIRED", `${docs}/examples/aws/aws-sdk-js-v3/`),
  storageClasses: documented(
    [
      { name: "STANDARD", access: "online" },
      { name: "STANDARD_IA", access: "online" },
    ],
    `${docs}/buckets/storage-classes/`,
  ),
  accountId: documented("unsupported", `${docs}/examples/terraform-aws/`),
};
