/** A value and its source: a document, page or experiment. */
export interface Fact<T> {
  readonly value: T;
  readonly source: string;
}

/** `undocumented` is neither yes nor no: it must be probed on the bucket. */
export type Support = "supported" | "unsupported" | "undocumented";

/** A value stated in a document. */
export function documented<T>(value: T, source: string): Fact<T> {
  return { value, source };
}

/** Not documented: neither yes nor no until the bucket is probed. */
export const undocumented: Fact<"undocumented"> = { value: "undocumented", source: "undocumented: probe it" };

/** Not documented, but a value is needed until it is known. */
export function assumed<T>(value: T, reason: string): Fact<T> {
  return { value, source: `undocumented: ${reason}` };
}

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

/** Actions of lifecycle rules, and their filters. */
const LIFECYCLE_FEATURES = [
  "expiration",
  "expired-delete-markers",
  "noncurrent-expiration",
  "newer-noncurrent-versions",
  "abort-multipart-uploads",
  "transitions",
  "noncurrent-transitions",
  "tag-filters",
  "size-filters",
] as const;

export type LifecycleFeature = (typeof LIFECYCLE_FEATURES)[number];

/** A storage class that lifecycle rules can move objects to. */
export interface TransitionClass {
  readonly name: string;
  /** Minimum age in days before an object is moved to this class. */
  readonly minDays: number;
  /** Minimum days in this class before a rule moves the object on. */
  readonly minStayDays: number;
  /** The regions that support it, if not all do. */
  readonly regions?: readonly string[];
}

/** The lifecycle rules that a store accepts. Not used if the store has none. */
export interface LifecycleFacts {
  readonly features: Readonly<Record<LifecycleFeature, Fact<Support>>>;
  /** Warmest first: a rule only moves objects to later ones. `own`: each installation defines its own. */
  readonly transitionClasses: Fact<readonly TransitionClass[] | "own">;
  /**
   * Whether GetBucketLifecycleConfiguration returns `x-amz-transition-default-minimum-object-size`, which
   * Terraform's resource for rules waits for.
   */
  readonly transitionSizeReported: Fact<Support>;
  /** Whether rules are returned as they were written. If not, every Terraform plan shows a change. */
  readonly readAsWritten: Fact<Support>;
  /** Whether a bucket with suspended versioning may have rules. */
  readonly whileSuspended: Fact<Support>;
}

export interface DocumentedLifecycle {
  readonly source: string;
  readonly supported: readonly LifecycleFeature[];
  readonly unsupported?: readonly LifecycleFeature[];
}

/** `source` documents the listed features. All others stay undocumented. */
export function lifecycleFeatures(documentedOnes: DocumentedLifecycle): LifecycleFacts["features"] {
  const { source, supported, unsupported = [] } = documentedOnes;
  const support = (name: LifecycleFeature): Fact<Support> => {
    if (supported.includes(name)) return documented("supported", source);
    return unsupported.includes(name) ? documented("unsupported", source) : undocumented;
  };
  return Object.fromEntries(LIFECYCLE_FEATURES.map((name) => [name, support(name)])) as LifecycleFacts["features"];
}

export const undocumentedLifecycle: LifecycleFacts = {
  features: lifecycleFeatures({ source: "", supported: [] }),
  transitionClasses: assumed("own", "the store may have classes of its own"),
  transitionSizeReported: undocumented,
  readAsWritten: undocumented,
  whileSuspended: undocumented,
};
