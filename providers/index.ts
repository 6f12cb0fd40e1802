import type { ProviderId } from "./profile.js";

export type * from "./facts.js";
export type * from "./profile.js";
export {
  type EndpointRequest,
  type EndpointResolution,
  endpointInRegion,
  findProvider,
  holdsSecret,
  providerForEndpoint,
  providers,
  resolveEndpoint,
  SECRET_IN_ENDPOINT,
  withoutQuery,
} from "./providers.js";
export { type BucketUse, ovhUserPolicyActions, type Rights, rightsFor, testObjectPrefixes } from "./rights.js";

/** Version of the shape below. Readers reject other versions. */
export type BucketTargetVersion = 1;

/**
 * A declared bucket, passed from the constructs to the migrator in a Terraform output. The output's name is
 * `bucketseal_` followed by the address of its construct in the stack. Its value is one of these objects:
 *
 * ```json
 * { "bucketseal": 1, "bucket": "invoices", "endpoint": "https://s3.gra.io.cloud.ovh.net", "region": "gra",
 *   "provider": "ovhcloud" }
 * ```
 *
 * In a synthesised stack `bucket` may be a Terraform reference (`${aws_s3_bucket...}`);
 * `terraform output -json` contains the name.
 */
export interface BucketTarget {
  readonly bucketseal: BucketTargetVersion;
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly provider: ProviderId;
}

/**
 * The buckets of a construct with `forEach`, by key. In a synthesised stack `buckets` is a Terraform
 * reference; `terraform output -json` contains `{ "a": "acme-a", "b": "acme-b" }`.
 */
export interface BucketTargets extends Omit<BucketTarget, "bucket"> {
  readonly buckets: Readonly<Record<string, string>> | string;
}

/** Prefix of the name of every such output. */
export const bucketTargetPrefix = "bucketseal_";
