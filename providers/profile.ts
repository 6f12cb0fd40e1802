import type { AccessLogFacts, BucketPolicyFacts, ReplicationFacts } from "./access-facts.js";
import type { Fact, Support } from "./fact.js";
import type { LifecycleFacts } from "./lifecycle-facts.js";

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

/** Sub-resources of a bucket, by the name that the S3 API gives them. */
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
  /** The name on the wire, as `x-amz-storage-class` carries it. */
  readonly name: string;
  /** Objects of an `archive` class must be restored before they can be read or copied. */
  readonly access: "online" | "archive";
}

export interface EndpointFacts {
  /** `{region}` stands for the region id; `null` where the user has to give a URL. */
  readonly template: string | null;
  /** Hosts of this provider, as regular expression sources: what an unknown URL is recognised by. */
  readonly hosts: readonly string[];
  /** Hosts of the same provider that must not be used, as regular expression sources. */
  readonly refusedHosts: readonly Refusal[];
}

/** Names that match `pattern` (a regular expression source) are refused, and why. */
export interface Refusal {
  readonly pattern: string;
  readonly reason: string;
}

export interface EncryptionFacts {
  readonly sseS3: Fact<Support>;
  readonly sseC: Fact<Support>;
  readonly sseKms: Fact<Support>;
  /** `always`: every object is encrypted by the provider whatever the bucket says. */
  readonly atRest: Fact<"always" | "on-request" | "new-objects">;
  /** Does HEAD carry `x-amz-server-side-encryption` for an encrypted object? */
  readonly reportedOnHead: Fact<Support>;
  /** What GetBucketEncryption answers where no default was ever set. */
  readonly unsetDefault: Fact<"not-found" | "empty" | "plaintext" | "aes256" | "undocumented">;
}

export interface ConditionFacts {
  readonly putIfMatch: Fact<Support>;
  readonly completeMultipartIfMatch: Fact<Support>;
  readonly copyIfMatch: Fact<Support>;
  readonly copySourceIfMatch: Fact<Support>;
  /** Do conditional writes work where the object, as it is or as it is written, is under a customer key (SSE-C)? */
  readonly onCustomerKeys: Fact<Support>;
  /** Whether ETags in `If-Match` go with or without their double quotes. */
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

/** Requests a second on one bucket; `null` where the provider names none. */
export interface RateCeilings {
  readonly readsPerSecond: Fact<number | null>;
  readonly writesPerSecond: Fact<number | null>;
}

/** What one object store can do, as its provider documents it. */
export interface ProviderProfile {
  readonly id: ProviderId;
  readonly name: string;
  /** Other names that people type for it. */
  readonly aliases: readonly string[];
  readonly endpoint: Fact<EndpointFacts>;
  /** Empty where any region name is taken. */
  readonly regions: Fact<readonly Region[]>;
  /** Regions that exist and must not be used, beside those of `regions` whose kind is `local-zone`. */
  readonly refusedRegions: Fact<readonly Refusal[]>;
  readonly defaultRegion: string | null;
  readonly addressing: Fact<"virtual-host" | "path">;
  /** Character sequences that a bucket's name must not hold, beside the rules that all stores share. */
  readonly refusedInBucketNames: Fact<readonly string[]>;
  /** Names that the store refuses by a pattern; the reason ends a sentence that begins with "a name". */
  readonly reservedBucketNames: Fact<readonly Refusal[]>;
  /** `store`: no two of its buckets anywhere have the same name. */
  readonly bucketNamesUnique: Fact<"store" | "endpoint">;
  readonly subResources: Readonly<Record<BucketSubResource, Fact<Support>>>;
  /** What to do instead of a sub-resource that the store lacks, where a way is known: a clause that ends such a message. */
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
  /** The SDK's `requestChecksumCalculation` and `responseChecksumValidation`. */
  readonly checksums: Fact<"WHEN_SUPPORTED" | "WHEN_REQUIRED">;
  readonly storageClasses: Fact<readonly StorageClass[]>;
  /** Whether the account id can be looked up (STS); where not, Terraform must skip it. */
  readonly accountId: Fact<Support>;
}
