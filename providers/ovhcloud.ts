import {
  assumed,
  documented,
  type LifecycleFacts,
  lifecycleFeatures,
  undocumented,
  undocumentedPolicies,
} from "./facts.js";
import type { ProviderProfile, Region } from "./profile.js";
import { s3Limits, subResources, TiB } from "./s3-facts.js";

/** Source: the list of regions in OVHcloud's guide on endpoints; see `ovhcloud` below for its address. */
const ovhcloudRegions: readonly Region[] = [
  { id: "gra", kind: "one-zone" },
  { id: "rbx", kind: "one-zone" },
  { id: "sbg", kind: "one-zone" },
  { id: "de", kind: "one-zone" },
  { id: "uk", kind: "one-zone" },
  { id: "waw", kind: "one-zone" },
  { id: "bhs", kind: "one-zone" },
  { id: "ca-east-tor", kind: "one-zone" },
  { id: "sgp", kind: "one-zone" },
  { id: "ap-southeast-syd", kind: "one-zone" },
  { id: "ap-south-mum", kind: "one-zone" },
  { id: "eu-west-par", kind: "multi-zone" },
  { id: "eu-south-mil", kind: "multi-zone" },
];

const guides = "https://docs.ovhcloud.com/en/guides/storage-and-backup/object-storage";
const lifecycle = `${guides}/s3-bucket-lifecycle`;

const regionsOf = (kind: "one-zone" | "multi-zone") =>
  ovhcloudRegions.filter((region) => region.kind === kind).map(({ id }) => id);

/**
 * If a region lacks a class, the store silently uses another one (`GLACIER_IR` is Infrequent Access in 1-AZ
 * regions): see s3-location in the same guides.
 */
const ovhcloudLifecycle: LifecycleFacts = {
  features: lifecycleFeatures({
    source: lifecycle,
    supported: [
      "expiration",
      "expired-delete-markers",
      "noncurrent-expiration",
      "newer-noncurrent-versions",
      "abort-multipart-uploads",
      "transitions",
      "noncurrent-transitions",
      "tag-filters",
      "size-filters",
    ],
  }),
  transitionClasses: documented(
    [
      // Only High Performance is warmer, which 3-AZ regions lack.
      { name: "STANDARD", minDays: 1, minStayDays: 1, regions: regionsOf("one-zone") },
      { name: "STANDARD_IA", minDays: 1, minStayDays: 1 },
      { name: "GLACIER_IR", minDays: 1, minStayDays: 1, regions: regionsOf("multi-zone") },
      { name: "DEEP_ARCHIVE", minDays: 1, minStayDays: 1, regions: ["eu-west-par"] },
    ],
    lifecycle,
  ),
  transitionSizeReported: undocumented,
  readAsWritten: undocumented,
  whileSuspended: documented("unsupported", lifecycle),
};

const storageGuides = "https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage";
const locations = `${storageGuides}/s3_location/guide.en-gb.md`;
const compatibility = `${storageGuides}/s3_s3_compliancy/guide.en-gb.md`;
const conditionalWrites = `${storageGuides}/s3_conditional_writes/guide.en-gb.md`;
const technicalLimits = `${storageGuides}/s3_limitations/guide.en-gb.md`;
const localZones = `${storageGuides}/s3_local_zones_limitations/guide.en-gb.md`;
const terraform = `${storageGuides}/s3_terraform/guide.en-gb.md`;
const acls = `${storageGuides}/s3_bucket_acl/guide.en-gb.md`;
const replication = `${storageGuides}/s3_asynchronous_replication/guide.en-gb.md`;

const noEncryptionInLocalZones =
  "a Local Zone has no server-side encryption with keys of the provider, and no CopyObject; use a 1-AZ or 3-AZ region";

// Source: https://help.ovhcloud.com/csm/en-gb-public-cloud-storage-cold-archive-getting-started?id=kb_article_view&sysparm_article=KB0047334
const onTape =
  "this is the standalone Cold Archive, whose archived buckets are on tape and accept no writes; restore the objects, and move them to a bucket at https://s3.<region>.io.cloud.ovh.net";

// Assumed: OVHcloud's guides do not cover the US; the two endpoints are those of
// https://rclone.org/s3/#ovhcloud
const inTheUs =
  "OVHcloud US is a separate store, and its documentation does not say what it supports; use the provider generic with an endpoint such as https://s3.us-east-va.io.cloud.ovh.us, and the bucket is probed";

/** OVHcloud Object Storage. Its SSE-OMK is SSE-S3 (`AES256`) on the wire. */
export const ovhcloud: ProviderProfile = {
  id: "ovhcloud",
  name: "OVHcloud Object Storage",
  aliases: ["ovh"],
  endpoint: documented(
    {
      template: "https://s3.{region}.io.cloud.ovh.net",
      hosts: ["(^|\\.)cloud\\.ovh\\.net$"],
      refusedHosts: [
        {
          pattern: "\\.perf\\.cloud\\.ovh\\.net$",
          reason:
            "the legacy perf endpoint has different names for storage classes, so a copy through it moves objects to another class; use https://s3.<region>.io.cloud.ovh.net",
        },
        { pattern: "-lz-[a-z]+-[a-z]\\.", reason: noEncryptionInLocalZones },
        { pattern: "-archive\\.io\\.cloud\\.ovh\\.net$", reason: onTape },
        { pattern: "\\.cloud\\.ovh\\.us$", reason: inTheUs },
        {
          pattern: "^([^.]+\\.)*s3\\.(?!io\\.)[a-z0-9-]+\\.cloud\\.ovh\\.net$",
          reason:
            "this is the endpoint of the older Swift storage, which has no server-side encryption; use https://s3.<region>.io.cloud.ovh.net",
        },
      ],
    },
    locations,
  ),
  regions: documented(ovhcloudRegions, locations),
  refusedRegions: documented(
    [
      { pattern: "-lz-", reason: noEncryptionInLocalZones },
      { pattern: "-archive$", reason: onTape },
      { pattern: "^us-(east-va|west-or)$", reason: inTheUs },
    ],
    localZones,
  ),
  defaultRegion: null,
  addressing: documented("virtual-host", locations),
  refusedInBucketNames: documented(["..", "-.", ".-", "--"], technicalLimits),
  reservedBucketNames: assumed([], "no document names one"),
  bucketNamesUnique: documented("store", technicalLimits),
  subResources: {
    ...subResources({
      source: compatibility,
      supported: [
        "encryption",
        "versioning",
        "object-lock",
        "tagging",
        "acl",
        "cors",
        "website",
        "replication",
        "logging",
      ],
      unsupported: [
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
    lifecycle: documented("supported", `${storageGuides}/s3_bucket_lifecycle/guide.en-gb.md`),
  },
  alternatives: {
    policy: documented(
      "give each user its rights by a user policy: import its JSON in the control panel, or declare ovh_cloud_project_user_s3_policy with OVHcloud's own Terraform provider",
      `${storageGuides}/s3_identity_and_access_management/guide.en-gb.md`,
    ),
    "public-access-block": documented(
      "buckets and objects are private there until an ACL opens them, so grant nothing to AllUsers or AuthenticatedUsers",
      acls,
    ),
    "ownership-controls": documented("the writer of an object owns it there, and shares it with an ACL", acls),
  },
  bucketPolicies: undocumentedPolicies,
  accessLogs: {
    granted: documented("acl", `${storageGuides}/s3_server_access_logging/guide.en-gb.md`),
    encryption: undocumented,
    retention: undocumented,
  },
  replication: {
    declarable: documented("supported", replication),
    // The role in the guide contains the project ID, which Terraform's AWS provider rejects in an ARN.
    role: documented("own", `${storageGuides}/s3_use_cases_lifecycle_replication/guide.en-gb.md`),
    storageClasses: documented(["STANDARD", "STANDARD_IA", "EXPRESS_ONEZONE"], replication),
    intoLocked: documented("unsupported", replication),
  },
  lifecycle: ovhcloudLifecycle,
  objectAcl: documented("supported", compatibility),
  objectTagging: documented("supported", compatibility),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("supported", compatibility),
    sseC: documented("supported", compatibility),
    sseKms: documented("unsupported", compatibility),
    updateToKms: undocumented,
    atRest: documented("on-request", `${storageGuides}/s3_encrypt_your_objects_with_sse_c/guide.en-gb.md`),
    reportedOnHead: undocumented,
    unsetDefault: undocumented,
  },
  conditions: {
    putIfMatch: documented("supported", conditionalWrites),
    completeMultipartIfMatch: documented("supported", conditionalWrites),
    copyIfMatch: undocumented,
    copySourceIfMatch: undocumented,
    onCustomerKeys: documented("unsupported", conditionalWrites),
    etagForm: documented("bare", conditionalWrites),
  },
  limits: s3Limits(documented(48 * TiB, technicalLimits), technicalLimits),
  ceilings: {
    readsPerSecond: documented(900, technicalLimits),
    writesPerSecond: documented(300, technicalLimits),
  },
  // Storage and traffic are billed.
  requestPrices: documented({ kind: "not-charged", readOn: "2026-11-29" }, `${storageGuides}/s3_faq/guide.en-gb.md`),
  checksums: assumed("WHEN_REQUIRED", "no document names the checksum headers of newer SDKs"),
  // In 3-AZ regions GLACIER_IR is Active Archive, which is readable without a restore; Cold Archive is not.
  storageClasses: documented(
    [
      { name: "STANDARD", access: "online" },
      { name: "EXPRESS_ONEZONE", access: "online" },
      { name: "STANDARD_IA", access: "online" },
      { name: "GLACIER_IR", access: "online" },
      { name: "DEEP_ARCHIVE", access: "archive" },
    ],
    locations,
  ),
  accountId: documented("unsupported", terraform),
};
