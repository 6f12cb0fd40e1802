import { assumed, documented, undocumented } from "./fact.js";
import { s3Limits, TiB } from "./limits.js";
import type { ProviderProfile } from "./profile.js";
import { subResources } from "./sub-resources.js";

const docs = "https://docs.wasabi.com";
const serviceUrls = `${docs}/docs/service-urls-for-wasabis-storage-regions`;
const api = `${docs}/apidocs/wasabi-api`;

/** Wasabi. Encrypts every object by itself: there is nothing to migrate. */
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
  subResources: {
    ...subResources({
      source: api,
      supported: ["versioning", "object-lock", "lifecycle", "tagging", "acl", "replication", "logging", "policy"],
      unsupported: ["inventory", "metrics", "analytics", "accelerate", "request-payment", "intelligent-tiering"],
    }),
    encryption: documented("unsupported", api),
  },
  objectAcl: documented("supported", api),
  objectTagging: documented("supported", api),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("unsupported", api),
    sseC: documented("supported", api),
    sseKms: documented("unsupported", api),
    atRest: documented("always", `${docs}/docs/is-my-data-encrypted-on-wasabi`),
    reportedOnHead: documented("unsupported", api),
    unsetDefault: undocumented,
  },
  conditions: {
    putIfMatch: undocumented,
    completeMultipartIfMatch: undocumented,
    copyIfMatch: undocumented,
    copySourceIfMatch: undocumented,
    etagForm: assumed("quoted", "the form that HTTP prescribes"),
  },
  limits: s3Limits(documented(5 * TiB, api), api),
  ceilings: {
    readsPerSecond: assumed(null, "no limit on a bucket is named"),
    writesPerSecond: assumed(null, "no limit on a bucket is named"),
  },
  checksums: assumed("WHEN_REQUIRED", "no document names the checksum headers of newer SDKs"),
  storageClasses: documented([{ name: "STANDARD", access: "online" }], api),
  accountId: undocumented,
};
