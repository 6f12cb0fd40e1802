import type { Fact, Support } from "./fact.js";
import { assumed, undocumented } from "./fact.js";

/** What the bucket policies of a store mean; where it has none, nobody asks. */
export interface BucketPolicyFacts {
  /** The `Version` of a policy. */
  readonly version: Fact<string>;
  /** How a statement names a bucket: by its ARN, or by its bare name. */
  readonly resources: Fact<"arn" | "name">;
  /** Whose requests a policy is held against. */
  readonly judged: Fact<"everybody" | "anonymous">;
  /** Does a statement with `Deny` take effect? */
  readonly denials: Fact<Support>;
  /** The condition keys that take effect, `*` standing for any end of one; `all` for those of S3. */
  readonly conditionKeys: Fact<readonly string[] | "all">;
  /** Are variables such as `${aws:username}` replaced? */
  readonly variables: Fact<Support>;
}

/** How server access logs get into the bucket that they are written to. */
export interface AccessLogFacts {
  /** What lets the store write there. */
  readonly granted: Fact<"policy" | "acl" | "undocumented">;
  /** The default encryption that bucket may have. */
  readonly encryption: Fact<"sse-s3" | "none" | "undocumented">;
  /** May it have a default retention? */
  readonly retention: Fact<Support>;
}

/** What a replication rule has to be, so that the store takes it from Terraform's AWS provider. */
export interface ReplicationFacts {
  /** Whether that provider can write a rule as the store wants it. */
  readonly declarable: Fact<Support>;
  /** `own`: the store acts by itself, and is sent an empty one. */
  readonly role: Fact<"required" | "own" | "undocumented">;
  /** The storage classes of replicas. */
  readonly storageClasses: Fact<readonly string[] | "undocumented">;
  /** May a bucket without Object Lock replicate into one that has it? */
  readonly intoLocked: Fact<Support>;
}

const s3sWay = "S3's own way is assumed";

export const undocumentedPolicies: BucketPolicyFacts = {
  version: assumed("2012-10-17", s3sWay),
  resources: assumed("arn", s3sWay),
  judged: assumed("everybody", s3sWay),
  denials: undocumented,
  conditionKeys: assumed("all", s3sWay),
  variables: undocumented,
};

export const undocumentedAccessLogs: AccessLogFacts = {
  granted: undocumented,
  encryption: undocumented,
  retention: undocumented,
};

export const undocumentedReplication: ReplicationFacts = {
  declarable: undocumented,
  role: undocumented,
  storageClasses: undocumented,
  intoLocked: undocumented,
};
