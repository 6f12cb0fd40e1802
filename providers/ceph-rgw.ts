import {
  assumed,
  documented,
  lifecycleFeatures,
  undocumented,
  undocumentedLifecycle,
  undocumentedReplication,
} from "./facts.js";
import type { ProviderProfile } from "./profile.js";
import { GiB, s3Limits, subResources } from "./s3-facts.js";

const docs = "https://docs.ceph.com/en/latest/radosgw";
const features = `${docs}/s3/`;
const encryption = `${docs}/encryption/`;
const policies = `${docs}/bucketpolicy/`;
const logging = `${docs}/bucket_logging/`;

/** Ceph Object Gateway. SSE-S3 requires a Vault backend that its operator has configured. */
export const cephRgw: ProviderProfile = {
  id: "ceph-rgw",
  name: "Ceph Object Gateway",
  aliases: ["ceph", "rgw"],
  endpoint: documented({ template: null, hosts: [], refusedHosts: [] }, features),
  regions: documented([], features),
  refusedRegions: documented([], features),
  defaultRegion: "us-east-1",
  addressing: documented("path", `${docs}/s3/commons/#bucket-and-host-name`),
  refusedInBucketNames: assumed([".."], "the rule of S3"),
  reservedBucketNames: assumed([], "no document names one"),
  bucketNamesUnique: assumed("endpoint", "each installation has its own"),
  subResources: {
    ...subResources({
      source: features,
      supported: [
        "versioning",
        "lifecycle",
        "tagging",
        "acl",
        "cors",
        "website",
        "policy",
        "public-access-block",
        "request-payment",
      ],
      unsupported: [],
    }),
    encryption: documented("supported", encryption),
    "object-lock": documented("supported", `${docs}/s3/bucketops/`),
    notification: documented("supported", `${docs}/notifications/`),
    logging: documented("supported", logging),
  },
  alternatives: {},
  bucketPolicies: {
    version: documented("2012-10-17", policies),
    resources: documented("arn", policies),
    judged: documented("everybody", policies),
    denials: documented("supported", policies),
    conditionKeys: documented(
      [
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:PrincipalType",
        "aws:Referer",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIp",
        "aws:UserAgent",
        "aws:username",
        "keystone:*",
        "s3:ExistingObjectTag/*",
        "s3:RequestObjectTag/*",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "s3:x-amz-*",
      ],
      policies,
    ),
    variables: documented("unsupported", policies),
  },
  accessLogs: {
    granted: documented("policy", logging),
    encryption: documented("none", logging),
    retention: documented("supported", logging),
  },
  replication: undocumentedReplication,
  lifecycle: {
    ...undocumentedLifecycle,
    features: lifecycleFeatures({
      source: "https://www.ibm.com/docs/en/storage-ceph/9.9.1?topic=operations-s3-bucket-lifecycle",
      supported: ["expiration", "noncurrent-expiration", "newer-noncurrent-versions", "abort-multipart-uploads"],
    }),
    transitionSizeReported: documented(
      "unsupported",
      "https://github.com/hashicorp/terraform-provider-aws/issues/49019",
    ),
    readAsWritten: documented("unsupported", "https://github.com/ceph/ceph/blob/main/src/rgw/rgw_lc_s3.cc"), // a filter as a prefix
  },
  objectAcl: documented("supported", features),
  objectTagging: documented("supported", features),
  // Releases before this change answered 501 to copies with an encrypted source.
  selfCopy: documented("undocumented", "https://github.com/ceph/ceph/pull/63794"),
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
    copySourceIfMatch: documented("supported", `${docs}/s3/objectops/#copy-object`),
    onCustomerKeys: undocumented,
    etagForm: assumed("quoted", "the form that HTTP prescribes"),
  },
  limits: s3Limits(documented(10_000 * 5 * GiB, `${docs}/config-ref/`), `${docs}/config-ref/`),
  ceilings: {
    readsPerSecond: assumed(null, "each installation has its own"),
    writesPerSecond: assumed(null, "each installation has its own"),
  },
  requestPrices: assumed({ kind: "unknown" }, "each installation has its own"),
  checksums: assumed("WHEN_REQUIRED", "older releases refuse the checksum headers of newer SDKs"),
  storageClasses: documented([{ name: "STANDARD", access: "online" }], `${docs}/placement/#storage-classes`),
  accountId: undocumented,
};
