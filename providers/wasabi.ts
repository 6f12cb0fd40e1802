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
import { amazonsReservedNames, s3Limits, subResources, TiB } from "./s3-facts.js";

const docs = "https://docs.wasabi.com";
const serviceUrls = `${docs}/docs/service-urls-for-wasabis-storage-regions`;
const api = `${docs}/apidocs/wasabi-api`;
const encryption =
  "https://wasabi.com/wp-content/themes/wasabi/docs/API_Guide/topics/Object_Server-Side_Encryption.htm";

/** Wasabi. Encrypts every object by itself, so there is nothing to migrate. */
export const wasabi: ProviderProfile = {
  id: "wasabi",
  name: "Wasabi Hot Cloud Storage",
  aliases: [],
  endpoint: documented(
    { template: "https://s3.{region}.wasabisys.com", hosts: ["(^|\\.)wasabisys\\.com$"], refusedHosts: [] },
    serviceUrls,
  ),
  regions: documented([], serviceUrls),
  refusedRegions: documented([], serviceUrls),
  defaultRegion: null,
  addressing: documented("virtual-host", api),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: documented(amazonsReservedNames, `${docs}/docs/bucket-naming-conventions`),
  bucketNamesUnique: documented("store", `${docs}/docs/bucket-naming-conventions`),
  subResources: {
    ...subResources({
      source: api,
      supported: ["versioning", "object-lock", "lifecycle", "tagging", "acl", "replication", "logging", "policy"],
      unsupported: [],
    }),
    encryption: documented("unsupported", encryption),
  },
  alternatives: {},
  bucketPolicies: undocumentedPolicies,
  accessLogs: undocumentedAccessLogs,
  replication: undocumentedReplication,
  lifecycle: undocumentedLifecycle,
  objectAcl: documented("supported", api),
  objectTagging: documented("supported", api),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("unsupported", encryption),
    sseC: documented("supported", `${docs}/docs/how-does-sse-c-encryption-work-with-wasabi`),
    sseKms: documented("unsupported", encryption),
    updateToKms: undocumented,
    atRest: documented("always", `${docs}/docs/how-secure-is-my-data`),
    reportedOnHead: documented("unsupported", encryption),
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
  limits: s3Limits(documented(5 * TiB, api), api),
  ceilings: {
    readsPerSecond: assumed(null, "no limit on a bucket is named"),
    writesPerSecond: assumed(null, "no limit on a bucket is named"),
  },
  requestPrices: documented({ kind: "not-charged", readOn: "2026-11-29" }, "https://wasabi.com/pricing/pricing-faqs"),
  checksums: assumed("WHEN_REQUIRED", "no document names the checksum headers of newer SDKs"),
  storageClasses: documented([{ name: "STANDARD", access: "online" }], api),
  accountId: undocumented,
};
