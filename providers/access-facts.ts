import type { Fact, Support } from "./fact.js";
import { assumed, undocumented } from "./fact.js";

/** How a store interprets bucket policies. Not used if the store has none. */
export interface BucketPolicyFacts {
  /** The `Version` of a policy. */
  readonly version: Fact<string>;
  /** How a statement names a bucket: by its ARN or by its plain name. */
  readonly resources: Fact<"arn" | "name">;
  /** The callers to whose requests a policy applies. */
  readonly judged: Fact<"everybody" | "anonymous">;
  /** Whether a `Deny` statement takes effect. */
  readonly denials: Fact<Support>;
  /** The condition keys that take effect, with `*` for any ending; `all` for all keys of S3. */
  readonly conditionKeys: Fact<readonly string[] | "all">;
  /** Whether variables such as `${aws:username}` are replaced. */
  readonly variables: Fact<Support>;
}

/** How server access logs are delivered to their bucket. */
export interface AccessLogFacts {
  /** The permission by which the store may write there. */
  readonly granted: Fact<"policy" | "acl" | "undocumented">;
  /** The default encryption that the log bucket may have. */
  readonly encryption: Fact<"sse-s3" | "none" | "undocumented">;
  /** Whether the log bucket may have a default retention. */
  readonly retention: Fact<Support>;
}

/** The requirements for a replication rule that Terraform's AWS provider sends. */
export interface ReplicationFacts {
  /** Whether that provider can write a rule in the form that the store requires. */
  readonly declarable: Fact<Support>;
  /** `own`: the store uses its own role, so the rule contains an empty one. */
  readonly role: Fact<"required" | "own" | "undocumented">;
  /** The storage classes of replicas. */
  readonly storageClasses: Fact<readonly string[] | "undocumented">;
  /** Whether a bucket without Object Lock may replicate to one with it. */
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
