import { documented, type LifecycleFacts, lifecycleFeatures, undocumented } from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { amazonsReservedNames, dollarsByClass, GiB, listsAndWrites, s3Limits, subResources } from "./s3-facts.js";

const userGuide = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";
const api = "https://docs.aws.amazon.com/AmazonS3/latest/API";
const endpoints = "https://docs.aws.amazon.com/general/latest/gr/s3.html";
const defaultEncryption = `${userGuide}/default-encryption-faq.html`;
const conditionalWrites = `${userGuide}/conditional-writes.html`;
const bucketNames = `${userGuide}/bucketnamingrules.html`;
const storageClasses = `${userGuide}/storage-class-intro.html`;
const policies = `${userGuide}/bucket-policies.html`;
const accessLogs = `${userGuide}/ServerLogs.html`;

const awsLifecycle: LifecycleFacts = {
  features: lifecycleFeatures({
    source: `${userGuide}/intro-lifecycle-rules.html`,
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
      { name: "STANDARD_IA", minDays: 30, minStayDays: 30 },
      { name: "INTELLIGENT_TIERING", minDays: 0, minStayDays: 1 },
      { name: "ONEZONE_IA", minDays: 30, minStayDays: 30 },
      { name: "GLACIER_IR", minDays: 0, minStayDays: 1 },
      { name: "GLACIER", minDays: 0, minStayDays: 1 },
      { name: "DEEP_ARCHIVE", minDays: 0, minStayDays: 1 },
    ],
    `${userGuide}/lifecycle-transition-general-considerations.html`,
  ),
  transitionSizeReported: documented("supported", `${api}/API_GetBucketLifecycleConfiguration.html`),
  readAsWritten: undocumented,
  whileSuspended: documented("supported", `${userGuide}/intro-lifecycle-rules.html`),
};

const requestPrices = dollarsByClass("list price of us-east-1, class STANDARD", "2026-11-29", [
  { perThousand: 0.005, requests: listsAndWrites },
  { perThousand: 0.0004, requests: ["HeadObject", "GetObject", "GetObjectAcl", "GetObjectTagging"] },
]);

/** Amazon S3. Objects written before January 2023 to a bucket without default encryption may be plaintext. */
export const aws: ProviderProfile = {
  id: "aws",
  name: "Amazon S3",
  aliases: ["amazon", "s3"],
  endpoint: documented(
    {
      template: "https://s3.{region}.amazonaws.com",
      hosts: ["(^|\\.)s3[.-].*amazonaws\\.com(\\.cn)?$", "(^|\\.)s3\\.amazonaws\\.com$"],
      refusedHosts: [],
    },
    endpoints,
  ),
  regions: documented([], endpoints),
  refusedRegions: documented([], endpoints),
  defaultRegion: null,
  addressing: documented("virtual-host", `${userGuide}/VirtualHosting.html`),
  refusedInBucketNames: documented([".."], bucketNames),
  reservedBucketNames: documented(
    [...amazonsReservedNames, { pattern: "--table-s3$", reason: 'does not end with "--table-s3"' }],
    bucketNames,
  ),
  bucketNamesUnique: documented("store", bucketNames),
  subResources: subResources({
    source: `${api}/API_Operations_Amazon_Simple_Storage_Service.html`,
    supported: [
      "encryption",
      "versioning",
      "object-lock",
      "lifecycle",
      "tagging",
      "acl",
      "cors",
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
    unsupported: [],
  }),
  alternatives: {},
  bucketPolicies: {
    version: documented("2012-10-17", policies),
    resources: documented("arn", policies),
    judged: documented("everybody", policies),
    denials: documented("supported", policies),
    conditionKeys: documented("all", `${userGuide}/amazon-s3-policy-keys.html`),
    variables: documented(
      "supported",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
    ),
  },
  accessLogs: {
    granted: documented("policy", `${userGuide}/enable-server-access-logging.html`),
    encryption: documented("sse-s3", `${userGuide}/enable-server-access-logging.html`),
    retention: documented("unsupported", accessLogs),
  },
  replication: {
    declarable: documented("supported", `${userGuide}/replication.html`),
    role: documented("required", `${userGuide}/setting-repl-config-perm-overview.html`),
    storageClasses: documented(
      [
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER_IR",
        "GLACIER",
        "DEEP_ARCHIVE",
      ],
      `${api}/API_Destination.html`,
    ),
    intoLocked: undocumented,
  },
  lifecycle: awsLifecycle,
  objectAcl: documented("supported", `${userGuide}/acl-overview.html`),
  objectTagging: documented("supported", `${userGuide}/object-tagging.html`),
  selfCopy: documented("supported", `${api}/API_CopyObject.html`),
  encryption: {
    sseS3: documented("supported", `${userGuide}/UsingServerSideEncryption.html`),
    sseC: documented("supported", `${userGuide}/ServerSideEncryptionCustomerKeys.html`),
    sseKms: documented("supported", `${userGuide}/UsingKMSEncryption.html`),
    // According to this page and `${userGuide}/update-sse-encryption.html`:
    // - The object is under SSE-S3 or SSE-KMS: not plaintext, DSSE-KMS or SSE-C. No retention and no legal hold is on it.
    // - The key is named by its ARN, and belongs to the bucket owner's account, unless AWS Support allowed others.
    // - Class, dates, ETag, checksums and metadata stay, in every class; archived objects need no restore.
    // - Not in directory buckets, nor on Outposts. There is no condition to send.
    updateToKms: documented("supported", `${api}/API_UpdateObjectEncryption.html`),
    atRest: documented("new-objects", defaultEncryption),
    reportedOnHead: documented("supported", `${api}/API_HeadObject.html`),
    unsetDefault: documented("aes256", `${api}/API_GetBucketEncryption.html`),
  },
  conditions: {
    putIfMatch: documented("supported", conditionalWrites),
    completeMultipartIfMatch: documented("supported", conditionalWrites),
    copyIfMatch: documented("supported", conditionalWrites),
    copySourceIfMatch: documented("supported", `${api}/API_CopyObject.html`),
    // The page excludes no encryption, and CopyObject documents both sets of headers together.
    onCustomerKeys: documented("supported", conditionalWrites),
    etagForm: documented("quoted", conditionalWrites),
  },
  limits: s3Limits(documented(10_000 * 5 * GiB, `${userGuide}/qfacts.html`), `${userGuide}/qfacts.html`),
  // These apply per prefix. A bucket whose keys use several prefixes allows more.
  ceilings: {
    readsPerSecond: documented(5500, `${userGuide}/optimizing-performance.html`),
    writesPerSecond: documented(3500, `${userGuide}/optimizing-performance.html`),
  },
  // Other regions charge up to twice as much, other classes more. Amazon's own page, https://aws.amazon.com/s3/pricing/,
  // fills its table by script and could not be read, so the source is a third party's copy of it.
  requestPrices: documented(requestPrices, "https://c3x.dev/blog/s3-request-fees-explained"),
  checksums: documented("WHEN_SUPPORTED", `${userGuide}/checking-object-integrity.html`),
  storageClasses: documented(
    [
      { name: "STANDARD", access: "online" },
      { name: "REDUCED_REDUNDANCY", access: "online" },
      { name: "STANDARD_IA", access: "online" },
      { name: "ONEZONE_IA", access: "online" },
      { name: "INTELLIGENT_TIERING", access: "online" },
      { name: "EXPRESS_ONEZONE", access: "online" },
      { name: "GLACIER_IR", access: "online" },
      { name: "GLACIER", access: "archive" },
      { name: "DEEP_ARCHIVE", access: "archive" },
    ],
    storageClasses,
  ),
  accountId: documented("supported", "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"),
};
