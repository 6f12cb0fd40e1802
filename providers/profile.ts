import type { AccessLogFacts, BucketPolicyFacts, Fact, LifecycleFacts, ReplicationFacts, Support } from "./facts.js";

export type ProviderId =
  | "ovhcloud"
  | "aws"
  | "scaleway"
  | "ceph-rgw"
  | "minio"
  | "cloudflare-r2"
  | "wasabi"
  | "backblaze-b2"
  | "generic";

/** Sub-resources of a bucket, by their S3 API names. */
export type BucketSubResource =
  | "encryption"
  | "versioning"
  | "object-lock"
  | "lifecycle"
  | "tagging"
  | "acl"
  | "cors"
  | "website"
  | "replication"
  | "logging"
  | "policy"
  | "public-access-block"
  | "ownership-controls"
  | "notification"
  | "inventory"
  | "metrics"
  | "analytics"
  | "accelerate"
  | "request-payment"
  | "intelligent-tiering";

export interface Region {
  readonly id: string;
  /** `local-zone` regions lack server-side encryption and copies, so both tools refuse them. */
  readonly kind: "one-zone" | "multi-zone" | "local-zone";
}

export interface StorageClass {
  /** The name on the wire, in `x-amz-storage-class`. */
  readonly name: string;
  /** Objects in an `archive` class must be restored before they can be read or copied. */
  readonly access: "online" | "archive";
}

export interface EndpointFacts {
  /** `{region}` is replaced by the region ID; `null` if the user must give a URL. */
  readonly template: string | null;
  /** Hosts of this provider, as regular expression sources. They identify the provider of a URL. */
  readonly hosts: readonly string[];
  /** Hosts of this provider that must not be used, as regular expression sources. */
  readonly refusedHosts: readonly Refusal[];
}

/** Names that match `pattern` (a regular expression source) are refused, with the reason. */
export interface Refusal {
  readonly pattern: string;
  readonly reason: string;
}

export interface EncryptionFacts {
  readonly sseS3: Fact<Support>;
  readonly sseC: Fact<Support>;
  readonly sseKms: Fact<Support>;
  /** UpdateObjectEncryption: objects get a KMS key, and are not written anew. */
  readonly updateToKms: Fact<Support>;
  /** `always`: the provider encrypts every object, regardless of the bucket's settings. */
  readonly atRest: Fact<"always" | "on-request" | "new-objects">;
  /** Whether HEAD returns `x-amz-server-side-encryption` for an encrypted object. */
  readonly reportedOnHead: Fact<Support>;
  /** The answer of GetBucketEncryption if no default was ever set. */
  readonly unsetDefault: Fact<"not-found" | "empty" | "plaintext" | "aes256" | "undocumented">;
}

export interface ConditionFacts {
  readonly putIfMatch: Fact<Support>;
  readonly completeMultipartIfMatch: Fact<Support>;
  readonly copyIfMatch: Fact<Support>;
  readonly copySourceIfMatch: Fact<Support>;
  /** Whether conditional writes work if the existing or the new object is under a customer key (SSE-C). */
  readonly onCustomerKeys: Fact<Support>;
  /** Whether ETags in `If-Match` are sent with or without double quotes. */
  readonly etagForm: Fact<"quoted" | "bare">;
}

/** Sizes in bytes. */
export interface ObjectLimits {
  readonly maxCopyBytes: Fact<number>;
  readonly minPartBytes: Fact<number>;
  readonly maxPartBytes: Fact<number>;
  readonly maxParts: Fact<number>;
  readonly maxObjectBytes: Fact<number>;
}

/** Requests per second on one bucket; `null` if the provider documents no limit. */
export interface RateCeilings {
  readonly readsPerSecond: Fact<number | null>;
  readonly writesPerSecond: Fact<number | null>;
}

/** The S3 operations that a run sends for its objects, and that a provider may charge for. */
export type ChargedRequest =
  | "ListObjectsV2"
  | "HeadObject"
  | "GetObject"
  | "GetObjectAcl"
  | "GetObjectTagging"
  | "CopyObject"
  | "PutObject"
  | "ListMultipartUploads"
  | "CreateMultipartUpload"
  | "UploadPartCopy"
  | "CompleteMultipartUpload"
  | "UpdateObjectEncryption";

/** What requests cost, beside storage and traffic. `readOn` is the day on which the source was read. */
export type RequestPrices =
  | { readonly kind: "unknown" }
  | { readonly kind: "not-charged"; readonly readOn: string }
  | {
      readonly kind: "charged";
      readonly currency: "USD";
      /** The price of a thousand requests. An operation that is missing has no known price. */
      readonly perThousand: Readonly<Partial<Record<ChargedRequest, number>>>;
      /** What the prices apply to: a region, a class, what is free. */
      readonly basis: string;
      readonly readOn: string;
    };

/** The capabilities of one object store, as documented by its provider. */
export interface ProviderProfile {
  readonly id: ProviderId;
  readonly name: string;
  /** Alternative names that users type. */
  readonly aliases: readonly string[];
  readonly endpoint: Fact<EndpointFacts>;
  /** Empty if any region name is accepted. */
  readonly regions: Fact<readonly Region[]>;
  /** Existing regions that must not be used, in addition to the `local-zone` ones in `regions`. */
  readonly refusedRegions: Fact<readonly Refusal[]>;
  readonly defaultRegion: string | null;
  readonly addressing: Fact<"virtual-host" | "path">;
  /**
   * Character sequences that a bucket name must not contain, in addition to the common rules of all stores.
   */
  readonly refusedInBucketNames: Fact<readonly string[]>;
  /** Patterns of names that the store rejects. The reason completes a sentence that begins with "a name". */
  readonly reservedBucketNames: Fact<readonly Refusal[]>;
  /** `store`: bucket names are unique across the whole store. */
  readonly bucketNamesUnique: Fact<"store" | "endpoint">;
  readonly subResources: Readonly<Record<BucketSubResource, Fact<Support>>>;
  /**
   * An alternative to a sub-resource that the store lacks, if one is known: the final clause of an error
   * message.
   */
  readonly alternatives: Readonly<Partial<Record<BucketSubResource, Fact<string>>>>;
  readonly bucketPolicies: BucketPolicyFacts;
  readonly accessLogs: AccessLogFacts;
  readonly replication: ReplicationFacts;
  readonly lifecycle: LifecycleFacts;
  readonly objectAcl: Fact<Support>;
  readonly objectTagging: Fact<Support>;
  readonly selfCopy: Fact<Support>;
  readonly encryption: EncryptionFacts;
  readonly conditions: ConditionFacts;
  readonly limits: ObjectLimits;
  readonly ceilings: RateCeilings;
  readonly requestPrices: Fact<RequestPrices>;
  /** The SDK's `requestChecksumCalculation` and `responseChecksumValidation`. */
  readonly checksums: Fact<"WHEN_SUPPORTED" | "WHEN_REQUIRED">;
  readonly storageClasses: Fact<readonly StorageClass[]>;
  /** Whether STS returns the account ID. If not, Terraform must skip the lookup. */
  readonly accountId: Fact<Support>;
}
