export type * from "./access-facts.js";
export { findProvider } from "./find-provider.js";
export type * from "./profile.js";
export { providerForEndpoint } from "./provider-for-endpoint.js";
export { providers } from "./providers.js";
export type { EndpointRequest, EndpointResolution } from "./resolve-endpoint.js";
export { resolveEndpoint } from "./resolve-endpoint.js";
export type { BucketTarget, BucketTargetVersion } from "./target.js";
export { bucketTargetPrefix } from "./target.js";
