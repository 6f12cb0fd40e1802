import {
  assumed,
  documented,
  lifecycleFeatures,
  undocumented,
  undocumentedAccessLogs,
  undocumentedLifecycle,
} from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { s3Limits, subResources, TiB } from "./s3-facts.js";

const docs = "https://github.com/minio/docs/blob/main/source";
const compatibility = `${docs}/reference/s3-api-compatibility.rst`;
const encryption = `${docs}/operations/server-side-encryption.rst`;
const policies = `${docs}/administration/identity-access-management/policy-based-access-control.rst`;
const replication = `${docs}/reference/minio-mc/mc-replicate-add.rst`;
const thresholds = `${docs}/operations/concepts/thresholds.rst`;

/** MinIO. Its server-side encryption requires KES or another key service that its operator has configured. */
export const minio: ProviderProfile = {
  id: "minio",
  name: "MinIO",
  aliases: [],
  endpoint: documented({ template: null, hosts: [], refusedHosts: [] }, compatibility),
  regions: documented([], compatibility),
  refusedRegions: documented([], compatibility),
  defaultRegion: "us-east-1",
  addressing: documented("path", `${docs}/reference/minio-server/settings/core.rst`),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: assumed([], "no document names one"),
  bucketNamesUnique: assumed("endpoint", "each installation has its own"),
  subResources: subResources({
    source: compatibility,
    supported: [
      "encryption",
      "versioning",
      "object-lock",
      "lifecycle",
      "tagging",
      "replication",
      "policy",
      "notification",
    ],
    unsupported: [
      "acl",
      "cors",
      "website",
      "logging",
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
  alternatives: {
    policy: documented("attach a policy to each user or group with mc admin policy", policies),
    "public-access-block": documented(
      "a bucket is private there until a policy opens it to anonymous requests",
      `${docs}/reference/minio-mc/mc-anonymous-set.rst`,
    ),
    logging: documented(
      "have the deployment publish its audit log to a webhook or to Kafka",
      `${docs}/operations/monitoring/minio-logging.rst`,
    ),
    replication: documented("set it up with mc replicate add", replication),
    cors: documented(
      "set MINIO_API_CORS_ALLOW_ORIGIN for the whole deployment",
      "https://github.com/minio/minio/blob/master/docs/config/README.md",
    ),
  },
  bucketPolicies: {
    version: documented("2012-10-17", policies),
    resources: documented("arn", policies),
    judged: documented("anonymous", "https://github.com/minio/minio/issues/12803"),
    denials: documented("supported", policies),
    conditionKeys: documented(
      [
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:PrincipalType",
        "aws:Referer",
        "aws:SecureTransport",
        "aws:SourceIp",
        "aws:UserAgent",
        "aws:userid",
        "aws:username",
        "s3:*",
      ],
      policies,
    ),
    variables: documented("supported", policies),
  },
  accessLogs: undocumentedAccessLogs,
  replication: {
    // A rule names its target by a MinIO-specific ARN, which Terraform's AWS provider rejects.
    declarable: documented("unsupported", replication),
    role: undocumented,
    storageClasses: undocumented,
    intoLocked: undocumented,
  },
  lifecycle: {
    ...undocumentedLifecycle,
    features: lifecycleFeatures({
      source: "https://github.com/minio/docs/issues/1216",
      supported: [],
      // It removes unfinished uploads by itself, after a day by default.
      unsupported: ["abort-multipart-uploads"],
    }),
    transitionSizeReported: documented(
      "unsupported",
      "https://github.com/hashicorp/terraform-provider-aws/issues/49019",
    ),
  },
  objectAcl: documented("unsupported", compatibility),
  objectTagging: documented("supported", compatibility),
  selfCopy: undocumented,
  encryption: {
    sseS3: documented("supported", encryption),
    sseC: documented("supported", encryption),
    sseKms: documented("supported", encryption),
    updateToKms: undocumented,
    atRest: documented("on-request", encryption),
    reportedOnHead: undocumented,
    unsetDefault: undocumented,
  },
  conditions: {
    putIfMatch: undocumented,
    completeMultipartIfMatch: undocumented,
    copyIfMatch: undocumented,
    copySourceIfMatch: documented("supported", compatibility),
    onCustomerKeys: undocumented,
    etagForm: assumed("quoted", "the form that HTTP prescribes"),
  },
  limits: s3Limits(documented(50 * TiB, thresholds), thresholds),
  ceilings: {
    readsPerSecond: assumed(null, "each installation has its own"),
    writesPerSecond: assumed(null, "each installation has its own"),
  },
  requestPrices: assumed({ kind: "unknown" }, "each installation has its own"),
  checksums: assumed("WHEN_REQUIRED", "older releases refuse the checksum headers of newer SDKs"),
  storageClasses: documented(
    [
      { name: "STANDARD", access: "online" },
      { name: "REDUCED_REDUNDANCY", access: "online" },
    ],
    `${docs}/operations/concepts/erasure-coding.rst`,
  ),
  accountId: undocumented,
};
