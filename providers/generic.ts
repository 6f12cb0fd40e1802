import {
  assumed,
  undocumented,
  undocumentedAccessLogs,
  undocumentedLifecycle,
  undocumentedPolicies,
  undocumentedReplication,
} from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { GiB, s3Limits, subResources } from "./s3-facts.js";

const unknownStore = "the store is unknown, S3's own way is assumed";

/** Any other S3 endpoint. Nothing is known about it, so everything that can be probed is probed. */
export const generic: ProviderProfile = {
  id: "generic",
  name: "S3-compatible store",
  aliases: ["other"],
  endpoint: assumed({ template: null, hosts: [], refusedHosts: [] }, "the user names the endpoint"),
  regions: assumed([], "the user names the region"),
  refusedRegions: assumed([], "the user names the region"),
  defaultRegion: "us-east-1",
  addressing: assumed("path", "works without a wildcard DNS entry and certificate"),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: assumed([], "the store is unknown"),
  bucketNamesUnique: assumed("endpoint", "the store is unknown"),
  subResources: subResources({ source: unknownStore, supported: [], unsupported: [] }),
  alternatives: {},
  bucketPolicies: undocumentedPolicies,
  accessLogs: undocumentedAccessLogs,
  replication: undocumentedReplication,
  lifecycle: undocumentedLifecycle,
  objectAcl: undocumented,
  objectTagging: undocumented,
  selfCopy: undocumented,
  encryption: {
    sseS3: undocumented,
    sseC: undocumented,
    sseKms: undocumented,
    updateToKms: undocumented,
    atRest: assumed("on-request", "the careful assumption: nothing is encrypted unless it says so"),
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
  limits: s3Limits(assumed(10_000 * 5 * GiB, unknownStore), `undocumented: ${unknownStore}`),
  ceilings: {
    readsPerSecond: assumed(null, "each installation has its own"),
    writesPerSecond: assumed(null, "each installation has its own"),
  },
  requestPrices: assumed({ kind: "unknown" }, "each installation has its own"),
  checksums: assumed("WHEN_REQUIRED", "many stores refuse the checksum headers of newer SDKs"),
  storageClasses: assumed([{ name: "STANDARD", access: "online" }], unknownStore),
  accountId: undocumented,
};
