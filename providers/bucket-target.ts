import type { ProviderId } from "./profile.js";

/** Version of the shape below; a reader refuses what it does not know. */
export type BucketTargetVersion = 1;

/**
 * A declared bucket, as a Terraform output carries it from the constructs to the migrator.
 * The output is called `bucketseal_` and the address of its construct in the stack; its value is one of these objects:
 * `{ "bucketseal": 1, "bucket": "invoices", "endpoint": "https://s3.gra.io.cloud.ovh.net", "region": "gra", "provider": "ovhcloud" }`.
 * In a synthesised stack `bucket` may be a Terraform reference (`${aws_s3_bucket...}`); `terraform output -json` has the name.
 */
export interface BucketTarget {
  readonly bucketseal: BucketTargetVersion;
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly provider: ProviderId;
}

/**
 * The buckets of a construct with `forEach`, by their keys. In a synthesised stack `buckets` is a Terraform reference;
 * `terraform output -json` has `{ "a": "acme-a", "b": "acme-b" }`.
 */
export interface BucketTargets extends Omit<BucketTarget, "bucket"> {
  readonly buckets: Readonly<Record<string, string>> | string;
}

/** What the name of every such output begins with. */
export const bucketTargetPrefix = "bucketseal_";
