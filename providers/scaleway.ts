import {
  assumed,
  documented,
  lifecycleFeatures,
  undocumented,
  undocumentedAccessLogs,
  undocumentedLifecycle,
  undocumentedReplication,
} from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { MiB, s3Limits, subResources, TiB } from "./s3-facts.js";

const docs = "https://www.scaleway.com/en/docs/object-storage";
const calls = `${docs}/api-cli/using-api-call-list/`;
const concepts = `${docs}/concepts/`;
const sseOne = `${docs}/api-cli/enable-sse-one/`;
const conditionalWrites = `${docs}/api-cli/using-conditional-writes/`;
const policies = `${docs}/api-cli/bucket-policy/`;
const lifecycle = `${docs}/api-cli/lifecycle-rules-api/`;
const multipart = `${docs}/api-cli/multipart-uploads/`;
const regions = ["fr-par", "nl-ams", "pl-waw", "it-mil"].map((id) => ({ id, kind: "multi-zone" as const }));
const faq = "https://github.com/scaleway/docs-content/blob/0126475/pages/object-storage/faq.mdx";

/** Scaleway Object Storage. Its SSE-ONE is SSE-S3 (`AES256`) on the wire. */
export const scaleway: ProviderProfile = {
  id: "scaleway",
  name: "Scaleway Object Storage",
  aliases: ["scw"],
  endpoint: documented(
    { template: "https://s3.{region}.scw.cloud", hosts: ["(^|\\.)s3\\.[a-z0-9-]+\\.scw\\.cloud$"], refusedHosts: [] },
    concepts,
  ),
  regions: documented(regions, concepts),
  refusedRegions: documented([], concepts),
  defaultRegion: null,
  addressing: documented("virtual-host", concepts),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: assumed([], "no document names one"),
  bucketNamesUnique: documented("store", concepts),
  subResources: {
    ...subResources({
      source: calls,
      supported: ["versioning", "object-lock", "lifecycle", "tagging", "acl", "cors", "website", "policy"],
      unsupported: ["notification"],
    }),
    encryption: documented("supported", sseOne),
  },
  alternatives: {
    policy: documented(
      "name in the policy who is allowed what, and give users and applications their rights by IAM",
      `${docs}/api-cli/combining-iam-and-object-storage/`,
    ),
  },
  bucketPolicies: {
    version: documented("2023-04-17", policies),
    resources: documented("name", policies),
    judged: documented("everybody", policies),
    // Everything that no statement allows is already denied, even to the bucket's owner.
    denials: documented("unsupported", policies),
    conditionKeys: documented(
      ["aws:SourceIp", "aws:Referer", "aws:CurrentTime", "aws:EpochTime", "s3:prefix"],
      policies,
    ),
    variables: undocumented,
  },
  accessLogs: undocumentedAccessLogs,
  replication: undocumentedReplication,
  lifecycle: {
    ...undocumentedLifecycle,
    features: lifecycleFeatures({
      source: lifecycle,
      supported: [
        "expiration",
        "expired-delete-markers",
        "noncurrent-expiration",
        "abort-multipart-uploads",
        "transitions",
        "noncurrent-transitions",
        "tag-filters",
      ],
    }),
    transitionClasses: documented(
      [
        { name: "ONEZONE_IA", minDays: 30, minStayDays: 1 },
        { name: "GLACIER", minDays: 90, minStayDays: 1 },
      ],
      lifecycle,
    ),
  },
  objectAcl: documented("supported", calls),
  objectTagging: documented("supported", calls),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("supported", sseOne),
    sseC: documented("supported", `${docs}/api-cli/enable-sse-c/`),
    sseKms: documented("supported", `${docs}/api-cli/enable-sse-kms/`),
    updateToKms: undocumented,
    atRest: documented("on-request", sseOne),
    reportedOnHead: undocumented,
    unsetDefault: documented("empty", sseOne),
  },
  conditions: {
    putIfMatch: documented("supported", conditionalWrites),
    completeMultipartIfMatch: documented("supported", conditionalWrites),
    copyIfMatch: documented("supported", conditionalWrites),
    copySourceIfMatch: undocumented,
    onCustomerKeys: undocumented,
    etagForm: assumed("quoted", "the examples show neither form on the wire, so the HTTP one is used"),
  },
  limits: {
    ...s3Limits(documented(5 * TiB, multipart), multipart),
    minPartBytes: documented(5 * MiB, multipart),
    maxParts: documented(1000, multipart),
  },
  ceilings: {
    readsPerSecond: assumed(null, "limits exist but carry no number"),
    writesPerSecond: assumed(null, "limits exist but carry no number"),
  },
  requestPrices: documented({ kind: "not-charged", readOn: "2026-11-29" }, faq),
  checksums: documented("WHEN_REQUIRED", `${docs}/reference-content/supported-checksums/`),
  storageClasses: documented(
    [
      { name: "STANDARD", access: "online" },
      { name: "ONEZONE_IA", access: "online" },
      { name: "GLACIER", access: "archive" },
    ],
    concepts,
  ),
  accountId: documented("unsupported", calls),
};
