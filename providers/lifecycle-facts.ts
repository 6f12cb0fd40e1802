import type { Fact, Support } from "./fact.js";
import { assumed, documented, undocumented } from "./fact.js";

/** Actions of lifecycle rules, and their filters. */
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

/** `source` documents the listed features. All others stay undocumented. */
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
