import { documented, type Fact, type Support, undocumented } from "./facts.js";
import type {
  BucketSubResource,
  ChargedRequest,
  ObjectLimits,
  ProviderProfile,
  Refusal,
  RequestPrices,
} from "./profile.js";

const all: readonly BucketSubResource[] = [
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
];

interface DocumentedSubResources {
  readonly source: string;
  readonly supported: readonly BucketSubResource[];
  readonly unsupported: readonly BucketSubResource[];
}

/** `source` documents the listed sub-resources. All others stay undocumented. */
export function subResources(documentedOnes: DocumentedSubResources): ProviderProfile["subResources"] {
  const { source, supported, unsupported } = documentedOnes;
  const support = (name: BucketSubResource): Fact<Support> => {
    if (supported.includes(name)) return documented("supported", source);
    return unsupported.includes(name) ? documented("unsupported", source) : undocumented;
  };
  return Object.fromEntries(all.map((name) => [name, support(name)])) as ProviderProfile["subResources"];
}

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;
export const TiB = 1024 ** 4;

/** The limits that most stores share with S3: copies up to 5 GiB, and 10,000 parts of 5 MiB to 5 GiB. */
export function s3Limits(maxObject: Fact<number>, source: string): ObjectLimits {
  return {
    maxCopyBytes: { value: 5 * GiB, source },
    minPartBytes: { value: 5 * MiB, source },
    maxPartBytes: { value: 5 * GiB, source },
    maxParts: { value: 10_000, source },
    maxObjectBytes: maxObject,
  };
}

/**
 * Prefixes and suffixes of bucket names that Amazon reserves. Other stores reject them too, so that names
 * stay portable to Amazon S3.
 */
export const amazonsReservedNames: readonly Refusal[] = [
  { pattern: "^xn--", reason: 'does not begin with "xn--"' },
  { pattern: "^sthree-", reason: 'does not begin with "sthree-"' },
  { pattern: "^amzn-s3-demo-", reason: 'does not begin with "amzn-s3-demo-"' },
  { pattern: "-s3alias$", reason: 'does not end with "-s3alias"' },
  { pattern: "--ol-s3$", reason: 'does not end with "--ol-s3"' },
  { pattern: "\\.mrap$", reason: 'does not end with ".mrap"' },
  { pattern: "--x-s3$", reason: 'does not end with "--x-s3"' },
];

/** The dearer of the two classes of requests, at Amazon and at those who charge alike. */
export const listsAndWrites: readonly ChargedRequest[] = [
  "ListObjectsV2",
  "ListMultipartUploads",
  "CopyObject",
  "PutObject",
  "CreateMultipartUpload",
  "UploadPartCopy",
  "CompleteMultipartUpload",
];

interface PriceClass {
  /** In dollars for a thousand requests. */
  readonly perThousand: number;
  readonly requests: readonly ChargedRequest[];
}

/** Prices by the classes in which providers publish them. */
export function dollarsByClass(basis: string, readOn: string, classes: readonly PriceClass[]): RequestPrices {
  const prices = classes.flatMap(({ perThousand, requests }) => requests.map((name) => [name, perThousand] as const));
  return { kind: "charged", currency: "USD", perThousand: Object.fromEntries(prices), basis, readOn };
}
