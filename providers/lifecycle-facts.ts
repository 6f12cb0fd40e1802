import type { Fact, Support } from "./fact.js";
import { assumed, documented, undocumented } from "./fact.js";

/** What a lifecycle rule can do, and what it can select objects by. */
export type LifecycleFeature =
  | "expiration"
  | "expired-delete-markers"
  | "noncurrent-expiration"
  | "newer-noncurrent-versions"
  | "abort-multipart-uploads"
  | "transitions"
  | "noncurrent-transitions"
  | "tag-filters"
  | "size-filters";

/** A storage class that lifecycle rules move objects to. */
export interface TransitionClass {
  readonly name: string;
  /** Days that an object has to have been there before it is moved to this class. */
  readonly minDays: number;
  /** Days that it has to stay in this class before a rule moves it on. */
  readonly minStayDays: number;
  /** The regions that have it, where not all do. */
  readonly regions?: readonly string[];
}

/** What lifecycle rules may be; where the store has none, nobody asks. */
export interface LifecycleFacts {
  readonly features: Readonly<Record<LifecycleFeature, Fact<Support>>>;
  /** Warmest first: a rule moves objects to later ones alone. `own`: each installation has its own. */
  readonly transitionClasses: Fact<readonly TransitionClass[] | "own">;
  /** Does GetBucketLifecycleConfiguration answer `x-amz-transition-default-minimum-object-size`, as Terraform's resource for rules waits for? */
  readonly transitionSizeReported: Fact<Support>;
  /** Are rules read back as they were written? Where not, Terraform finds a change in every plan. */
  readonly readAsWritten: Fact<Support>;
  /** May a bucket have rules while its versioning is suspended? */
  readonly whileSuspended: Fact<Support>;
}

const all: readonly LifecycleFeature[] = [
  "expiration",
  "expired-delete-markers",
  "noncurrent-expiration",
  "newer-noncurrent-versions",
  "abort-multipart-uploads",
  "transitions",
  "noncurrent-transitions",
  "tag-filters",
  "size-filters",
];

export interface DocumentedLifecycle {
  readonly source: string;
  readonly supported: readonly LifecycleFeature[];
  readonly unsupported?: readonly LifecycleFeature[];
}

/** What `source` names is supported or not; what it does not name stays undocumented. */
export function lifecycleFeatures(documentedOnes: DocumentedLifecycle): LifecycleFacts["features"] {
  const { source, supported, unsupported = [] } = documentedOnes;
  const support = (name: LifecycleFeature): Fact<Support> => {
    if (supported.includes(name)) return documented("supported", source);
    return unsupported.includes(name) ? documented("unsupported", source) : undocumented;
  };
  return Object.fromEntries(all.map((name) => [name, support(name)])) as LifecycleFacts["features"];
}

export const undocumentedLifecycle: LifecycleFacts = {
  features: lifecycleFeatures({ source: "", supported: [] }),
  transitionClasses: assumed("own", "the store may have classes of its own"),
  transitionSizeReported: undocumented,
  readAsWritten: undocumented,
  whileSuspended: undocumented,
};
