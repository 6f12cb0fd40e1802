export type * from "./access-facts.js";
export {
  type BucketTarget,
  type BucketTargets,
  type BucketTargetVersion,
  bucketTargetPrefix,
} from "./bucket-target.js";
export type { Fact, Support } from "./fact.js";
export type * from "./lifecycle-facts.js";
export type * from "./profile.js";
export { findProvider, providerForEndpoint, providers } from "./providers.js";
export {
  type EndpointRequest,
  type EndpointResolution,
  endpointInRegion,
  holdsSecret,
  resolveEndpoint,
  SECRET_IN_ENDPOINT,
} from "./resolve-endpoint.js";
export { type BucketUse, ovhUserPolicyActions, type Rights, rightsFor, testObjectPrefixes } from "./rights.js";
