import { documented, undocumented } from "./fact.js";
import type { BucketSubResource, Fact, ProviderProfile, Support } from "./profile.js";

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

export interface DocumentedSubResources {
  readonly source: string;
  readonly supported: readonly BucketSubResource[];
  readonly unsupported: readonly BucketSubResource[];
}

/** What `source` names is supported or not; what it does not name stays undocumented. */
export function subResources(documentedOnes: DocumentedSubResources): ProviderProfile["subResources"] {
  const { source, supported, unsupported } = documentedOnes;
  const support = (name: BucketSubResource): Fact<Support> => {
    if (supported.includes(name)) return documented("supported", source);
    return unsupported.includes(name) ? documented("unsupported", source) : undocumented;
  };
  return Object.fromEntries(all.map((name) => [name, support(name)])) as ProviderProfile["subResources"];
}
